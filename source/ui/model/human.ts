/** What a human step asks for, and what was answered. */
import type { LocatedStep } from "../../drill/state.ts";
import type { StepRecord } from "../../drill/types.ts";
import { BLANK, linked, muted, paragraph, type Row, row, span } from "../text/rows.ts";
import { oneLine } from "../text/width.ts";
import type { World } from "./world.ts";

export function humanRows(
  world: World,
  { step }: LocatedStep,
  record: StepRecord,
  width: number,
): readonly Row[] {
  if (step.kind !== "confirm") return [];
  const asked = step.ask.map(
    (question): Row => [
      muted("· "),
      span(oneLine(world.expand(question.label))),
      ...(question.optional ? [muted(" (optional)")] : []),
    ],
  );
  const answering: readonly Row[] =
    record.state.status === "awaiting"
      ? [BLANK, row("Press Enter to answer.", { tone: "warn", bold: true })]
      : [];
  return [
    ...linked(world.expand(step.confirm.trim()), width),
    ...(asked.length === 0
      ? []
      : [BLANK, ...paragraph("You will be asked for:", width, { tone: "muted" }), ...asked]),
    ...answering,
  ];
}
