/** The log of what runs in the background: the app on the restored database, or a `start` step's. */
import type { DrillState } from "../../drill/state.ts";
import type { Resource } from "../../drill/types.ts";
import { muted, type Row, row, span, spread } from "../text/rows.ts";
import { oneLine } from "../text/width.ts";
import type { Doc } from "./doc.ts";
import { type OutputOptions, outputRows, outputTail } from "./output.ts";
import type { World } from "./world.ts";

/** The one that was started last; one that still runs comes first. */
export function backgroundOf(drill: DrillState | undefined): Resource | undefined {
  const started = drill?.resources.filter(({ kind }) => kind === "process" || kind === "container");
  return started?.findLast(isRunning) ?? started?.at(-1);
}

function isRunning({ status }: Pick<Resource, "status">): boolean {
  return status === "owed" || status === "kept";
}

export function logTitle({ label, status }: Resource, width: number): readonly Row[] {
  const word = isRunning({ status }) ? span("running", { tone: "info" }) : muted("ended");
  return [spread([span(`Log: ${oneLine(label)}`, { bold: true })], [word], width)];
}

export function logDoc(world: World, { step }: Resource, options: OutputOptions): Doc {
  const output = outputRows(world, step, options);
  const nothing = row("It has said nothing yet.", { tone: "muted" });
  return {
    first: output.dropped,
    length: Math.max(1, output.length),
    row: (index) => (output.length === 0 ? nothing : output.row(index)),
    overview: (height) => (output.length === 0 ? [nothing] : outputTail(output, height)),
  };
}
