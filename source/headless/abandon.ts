/** Ends a drill that was left: cleanup, then an entry with the verdict aborted. */
import type { Launch } from "../engine/interface.ts";
import { exitCodeOf, type Problem } from "../problem.ts";
import { driveHeadless } from "./driver.ts";
import { describeEvent } from "./report.ts";

export interface AbandonOptions {
  readonly operator: string;
  readonly signal: AbortSignal;
  out(line: string): void;
  err(line: string): void;
  complain(problem: Problem): void;
}

export async function abandonDrill(launch: Launch, options: AbandonOptions): Promise<number> {
  const opened = await launch.opened();
  if (options.signal.aborted) return 130;
  if (opened.status !== "planned") {
    const problem: Problem =
      opened.status === "refused"
        ? opened.problem
        : { code: "unusable", message: "The environment did not open." };
    options.complain(problem);
    return exitCodeOf(problem);
  }
  const begun = await launch.begin({
    operator: options.operator,
    skips: {},
    listener: (event, state) => {
      for (const line of describeEvent(event, state)) options.out(line);
    },
  });
  if (!begun.ok) {
    options.complain(begun.problem);
    return exitCodeOf(begun.problem);
  }
  const engine = begun.value;
  const reason = `Abandoned by ${options.operator}.`;
  // Refused when the drill is ending already; then only the cleanup and the entry are left.
  await engine.dispatch({ type: "abort", reason });
  const { operator } = options;
  const statement = "The drill was abandoned; its cleanup was done.";
  const answers = { answers: {}, statement };
  const outcome = await driveHeadless(engine, { answers, operator, signal: options.signal });
  if (outcome.problem !== undefined) options.complain(outcome.problem);
  return engine.state().phase === "signed-off" ? 0 : outcome.exit;
}
