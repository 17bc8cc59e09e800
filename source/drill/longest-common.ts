/** Which tokens of two lists are the same, in order: a longest common subsequence. Pure. */

export interface Same {
  readonly left: readonly boolean[];
  readonly right: readonly boolean[];
}

/** Cells of the table that finds it; beyond, only what both begin and end with is the same. */
const MOST_CELLS = 250_000;

export function sameTokens(left: readonly string[], right: readonly string[]): Same {
  const start = commonStart(left, right);
  const most = Math.min(left.length, right.length) - start;
  const end = Math.min(most, commonStart(left.toReversed(), right.toReversed()));
  const [middle, other] = [
    left.slice(start, left.length - end),
    right.slice(start, right.length - end),
  ];
  const found =
    middle.length * other.length > MOST_CELLS
      ? { left: middle.map(() => false), right: other.map(() => false) }
      : longestCommon(middle, other);
  const around = (flags: readonly boolean[]) => [
    ...Array.from({ length: start }, () => true),
    ...flags,
    ...Array.from({ length: end }, () => true),
  ];
  return { left: around(found.left), right: around(found.right) };
}

function commonStart(left: readonly string[], right: readonly string[]): number {
  const most = Math.min(left.length, right.length);
  let at = 0;
  while (at < most && left[at] === right[at]) at += 1;
  return at;
}

function longestCommon(left: readonly string[], right: readonly string[]): Same {
  const width = right.length + 1;
  /** Length of the longest one from here to both ends. */
  const lengths = new Uint32Array((left.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const same = { left: left.map(() => false), right: right.map(() => false) };
  let [i, j] = [0, 0];
  while (i < left.length && j < right.length) {
    if (left[i] === right[j]) {
      same.left[i++] = true;
      same.right[j++] = true;
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return same;
}

/** Share, from 0 to 1, of the tokens that count which are the same. */
export function alike(
  same: Same,
  countsLeft: readonly boolean[],
  countsRight: readonly boolean[],
): number {
  const count = (flags: readonly boolean[], counts: readonly boolean[]) =>
    counts.filter((counted, at) => counted && flags[at] === true).length;
  const all = [...countsLeft, ...countsRight].filter(Boolean).length;
  return all === 0 ? 0 : (count(same.left, countsLeft) + count(same.right, countsRight)) / all;
}
