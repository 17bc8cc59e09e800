/**
 * Two ways of doing a thing, in turn and each as often first, so that neither a machine whose speed
 * drifts nor what the other one leaves to be written favours one of them.
 */

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Comparison {
  readonly ours: Spread;
  readonly theirs: Spread;
  /** Ours by theirs, pair by pair. */
  readonly ratio: Spread;
}

interface Pair {
  readonly ours: number;
  readonly theirs: number;
}

export async function inTurn(
  rounds: number,
  ours: () => Promise<void>,
  theirs: () => Promise<void>,
): Promise<Comparison> {
  const pairs: Pair[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const pair = round % 2 === 0 ? await timed(ours, theirs) : swapped(await timed(theirs, ours));
    // The first one warms the caches.
    if (round > 0) pairs.push(pair);
  }
  return {
    ours: spread(pairs.map((pair) => pair.ours)),
    theirs: spread(pairs.map((pair) => pair.theirs)),
    ratio: spread(pairs.map((pair) => pair.ours / pair.theirs)),
  };
}

async function timed(ours: () => Promise<void>, theirs: () => Promise<void>): Promise<Pair> {
  return { ours: await secondsOf(ours), theirs: await secondsOf(theirs) };
}

function swapped({ ours, theirs }: Pair): Pair {
  return { ours: theirs, theirs: ours };
}

export async function secondsOf(work: () => Promise<void>): Promise<number> {
  const since = performance.now();
  await work();
  return (performance.now() - since) / 1000;
}

export function spread(figures: readonly number[]): Spread {
  const sorted = figures.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN;
  return { median: at(0.5), min: at(0), max: at(1) };
}

export function shown({ median, min, max }: Spread, digits = 2): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}
