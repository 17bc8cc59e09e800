import type { DrillEvent } from "../../source/drill/events.ts";
import { checklistOf, headerOf, runStep } from "../helpers/checklist.ts";

/** The beginning of a drill; texts hold what breaks careless writers of lines. */
export const EVENTS: readonly [DrillEvent, DrillEvent, DrillEvent] = [
  {
    type: "drill-started",
    at: "2026-11-22T14:30:00.000Z",
    drill: headerOf(checklistOf(runStep({ id: "one" }))),
    values: { NAME: 'a"b\nc\u2028\ud800é' },
  },
  { type: "step-started", at: "2026-11-22T14:30:01.000Z", step: "one", attempt: 1 },
  { type: "drill-aborted", at: "2026-11-22T14:30:02.000Z", reason: "enough\r\n" },
];
