/** Guesses at what somebody meant to write. */

/** The nearest of the candidates when it is near enough to be a slip of the fingers. */
export function nearest(written: string, candidates: Iterable<string>): string | undefined {
  const wanted = written.slice(0, 80).toLowerCase();
  const limit = Math.min(3, Math.max(1, Math.floor(wanted.length / 3)));
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of candidates) {
    const distance = editDistance(wanted, name.toLowerCase());
    if (distance <= limit && (best === undefined || distance < best.distance)) {
      best = { name, distance };
    }
  }
  return best?.name ?? sameTail(wanted, candidates);
}

/** `Did you mean "a"? Known are a, b.`, or only the second half. */
export function didYouMean(written: string, candidates: Iterable<string>, known: string): string {
  const names = [...candidates];
  const guess = nearest(written, names);
  const list = names.length === 0 ? "" : `${known} ${names.join(", ")}.`;
  return [guess === undefined ? "" : `Did you mean "${guess}"?`, list].filter(Boolean).join(" ");
}

/** `backup` for `postgres/backup`: the namespace is easily left out, if only one fits. */
function sameTail(wanted: string, candidates: Iterable<string>): string | undefined {
  const tail = wanted.split("/").at(-1);
  const fitting = [...candidates].filter((name) => name.includes("/") && name.endsWith(`/${tail}`));
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** Edits (insert, delete, replace, swap of neighbours) between two short strings. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 3) return Number.POSITIVE_INFINITY;
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) row.push(cell(rows, row, { a, b, i, j }));
    rows.push(row);
  }
  return at(rows, a.length, b.length);
}

interface Cell {
  readonly a: string;
  readonly b: string;
  readonly i: number;
  readonly j: number;
}

function cell(rows: readonly number[][], row: readonly number[], { a, b, i, j }: Cell): number {
  const replaced = at(rows, i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
  const plain = Math.min(at(rows, i - 1, j) + 1, (row[j - 1] ?? 0) + 1, replaced);
  const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
  return swapped ? Math.min(plain, at(rows, i - 2, j - 2) + 1) : plain;
}

function at(rows: readonly number[][], i: number, j: number): number {
  return rows[i]?.[j] ?? 0;
}
