/** Blocks of rows fitted into a height: the important ones keep more of themselves. */
import { muted, type Row } from "../text/rows.ts";

export interface Block {
  readonly rows: readonly Row[];
  /** Rows it keeps before a less important block gets more than its least. */
  readonly least: number;
  /** 0 is served first. */
  readonly rank: number;
  /** Cut without saying how much is left out. */
  readonly quiet?: boolean;
}

/** In their own order, with a blank row between while there is room for all. */
export function fitBlocks(blocks: readonly Block[], height: number): readonly Row[] {
  const whole = blocks.flatMap(({ rows }) => [...rows, []]);
  if (whole.length <= height) return whole;
  const room = Math.max(0, height);
  const given = share(blocks, room);
  return blocks.flatMap((block, index) => cutBlock(block, given[index] ?? 0)).slice(0, room);
}

function share(blocks: readonly Block[], height: number): readonly number[] {
  const given = blocks.map(() => 0);
  let left = height;
  const order = [...blocks.keys()].sort((a, b) => (blocks[a]?.rank ?? 0) - (blocks[b]?.rank ?? 0));
  for (const round of ["least", "all"] as const) {
    for (const index of order) {
      const block = blocks[index];
      if (block === undefined) continue;
      const wanted =
        round === "least" ? Math.min(block.least, block.rows.length) : block.rows.length;
      const more = Math.max(0, Math.min(left, wanted - (given[index] ?? 0)));
      given[index] = (given[index] ?? 0) + more;
      left -= more;
    }
  }
  return given;
}

function cutBlock({ rows, quiet }: Block, height: number): readonly Row[] {
  if (rows.length <= height) return rows;
  if (height <= 0) return [];
  if (height === 1 || quiet === true) return rows.slice(0, height);
  const hidden = rows.length - height + 1;
  return [...rows.slice(0, height - 1), [muted(`… ${hidden} more, Tab and scroll`)]];
}
