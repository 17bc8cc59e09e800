/** A small chart in one line of text. Pure. */

const BARS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;
/** Columns of each half: with the mark between them it fits the narrowest panel. */
const COLUMNS = 12;

/** Before and during, as `▁▁▂▁│▁█▃▁`, on one scale from zero. Nothing to show is a blank half. */
export function chart(before: readonly number[], during: readonly number[]): string {
  const halves = [columns(before), columns(during)];
  const all = halves.flat();
  const low = Math.min(0, ...all);
  const high = Math.max(0, ...all);
  return halves.map((half) => half.map((value) => bar(value, low, high)).join("")).join("│");
}

/** The largest of each slice, so that no peak is lost. */
function columns(values: readonly number[]): readonly number[] {
  const count = Math.min(COLUMNS, values.length);
  return Array.from({ length: count }, (_, column) => {
    const from = Math.floor((column * values.length) / count);
    const to = Math.floor(((column + 1) * values.length) / count);
    return Math.max(...values.slice(from, to));
  });
}

function bar(value: number, low: number, high: number): string {
  if (high === low) return BARS[0];
  const place = Math.round(((value - low) / (high - low)) * (BARS.length - 1));
  return BARS[place] ?? BARS[0];
}
