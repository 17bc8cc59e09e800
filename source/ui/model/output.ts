/** The output of a step as rows, as far as it is in memory. */
import type { StepId } from "../../drill/types.ts";
import type { OutputLine } from "../../engine/interface.ts";
import { muted, type Row, row, span } from "../text/rows.ts";
import { textLines, wrap } from "../text/width.ts";
import { plain } from "./doc.ts";
import type { World } from "./world.ts";

export interface OutputOptions {
  readonly width: number;
  /** Long output lines broken instead of cut. */
  readonly wrapOutput: boolean;
}

export interface OutputRows {
  readonly length: number;
  readonly dropped: number;
  row(index: number): Row;
}

export function outputRows(world: World, step: StepId, options: OutputOptions): OutputRows {
  const { lines, total } = world.output(step);
  if (options.wrapOutput) {
    const rows = lines.flatMap((line) =>
      wrap(plain(line.text), options.width).map((text) => outputRow({ ...line, text })),
    );
    return { length: rows.length, dropped: 0, row: (index) => rows[index] ?? [] };
  }
  const dropped = Math.max(0, total - lines.length);
  return {
    length: total,
    dropped,
    row: (index) => {
      const line = lines[index - dropped];
      return line === undefined
        ? [muted("(no longer in memory; the drill's files hold it)")]
        : outputRow(line);
    },
  };
}

/** The newest that fit. */
export function outputTail(output: OutputRows, height: number): readonly Row[] {
  const shown = Math.max(0, Math.min(height, output.length));
  return Array.from({ length: shown }, (_, index) => output.row(output.length - shown + index));
}

function outputRow({ stream, text }: OutputLine): Row {
  if (stream === "note") return row(textLines(text)[0] ?? "", { tone: "muted" });
  const coloured = text.includes("\x1b");
  const shown = coloured ? text : (textLines(text)[0] ?? "");
  return [span(shown, { coloured, ...(stream === "stderr" ? { tone: "warn" } : {}) })];
}
