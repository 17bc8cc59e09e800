/** The last words on the terminal, and the exit code. */
import { awaitingLines } from "../../drill/approval.ts";
import { leftBehindLines } from "../../drill/left-behind.ts";
import type { DrillState } from "../../drill/state.ts";
import { verdictOf } from "../../drill/verdict.ts";
import type { LaunchState } from "../../engine/interface.ts";
import { exitCodeOf } from "../../problem.ts";
import { VERDICT_WORD } from "../model/header.ts";
import { oneLine } from "../text/width.ts";

export interface Outcome {
  readonly exit: number;
  /** Several lines, without a last line break. */
  readonly farewell: string;
}

const INTERRUPTED = 130;

export function farewellOf(drill: DrillState | undefined, launch: LaunchState): Outcome {
  if (drill?.drill === undefined) return beforeDrill(launch);
  const verdict = verdictOf(drill);
  if (drill.entry !== undefined) {
    const good = verdict === "passed" || verdict === "passed-with-deviations";
    return {
      exit: good ? 0 : 1,
      farewell: [
        `${VERDICT_WORD[verdict]}: ${oneLine(drill.drill.checklist.title)}`,
        `log entry ${oneLine(drill.entry.id)} in ${oneLine(drill.entry.log)}`,
        ...awaitingLines(drill).map(oneLine),
      ].join("\n"),
    };
  }
  return {
    exit: INTERRUPTED,
    farewell: [
      "The drill is not signed off.",
      ...leftBehindLines(drill).map(oneLine),
      `resume with: restore-drill resume ${oneLine(drill.drill.id)}`,
      `or end it:   restore-drill abandon ${oneLine(drill.drill.id)}`,
    ].join("\n"),
  };
}

function beforeDrill(launch: LaunchState): Outcome {
  if (launch.status === "refused") {
    const { problem } = launch;
    const lines = [problem.message, problem.hint].filter((line) => line !== undefined);
    return { exit: exitCodeOf(problem), farewell: lines.map(oneLine).join("\n") };
  }
  return { exit: INTERRUPTED, farewell: "No drill was started." };
}
