/** A progress bar with rate and time left. */

import { formatBytes, formatCount, formatRate } from "../../drill/units.ts";
import type { Progress } from "../../engine/interface.ts";
import { fitRow, muted, type Row, span } from "../text/rows.ts";
import { columnsOf, oneLine } from "../text/width.ts";
import { clock } from "./timing.ts";

export function progressRows(progress: Progress | undefined, width: number): readonly Row[] {
  if (progress === undefined) return [];
  const { label, done, total } = progress;
  const figures = figuresOf(progress);
  if (total === undefined || total <= 0) {
    return [fitRow([span(`${oneLine(label)}  `), muted(figures)], width)];
  }
  const share = Math.max(0, Math.min(1, done / total));
  const barWidth = Math.max(8, Math.min(40, width - 8));
  const full = Math.round(share * barWidth);
  const bar: Row = [
    span("█".repeat(full), { tone: "info" }),
    muted("░".repeat(barWidth - full)),
    span(` ${String(Math.floor(share * 100)).padStart(3)} %`, { bold: true }),
  ];
  const name = oneLine(label);
  if (barWidth + 10 + columnsOf(name) <= width) {
    return [[...bar, span(`  ${name}`)], fitRow([muted(figures)], width)];
  }
  return [bar, fitRow([muted(figures)], width), fitRow([span(name)], width)];
}

function figuresOf({ done, total, unit, elapsedMs }: Progress): string {
  const amount = (figure: number) => (unit === "bytes" ? formatBytes(figure) : formatCount(figure));
  const of = total === undefined || total <= 0 ? "" : ` of ${amount(total)}`;
  const word = unit === "bytes" ? "" : ` ${unit}`;
  const parts = [`${amount(done)}${of}${word}`];
  const seconds = elapsedMs / 1000;
  if (seconds >= 1 && done > 0) {
    if (unit !== "steps") parts.push(formatRate(done, seconds, unit));
    if (total !== undefined && total > done) {
      parts.push(`about ${clock((elapsedMs / done) * (total - done))} left`);
    }
  }
  return parts.join(" · ");
}
