/** An engine on a real journal, whose steps do what a test says. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Step } from "../../source/checklist/types.ts";
import { replay } from "../../source/drill/evolve.ts";
import type { DrillState } from "../../source/drill/state.ts";
import { EMPTY_REPORT } from "../../source/drill/types.ts";
import { createEngine } from "../../source/engine/engine.ts";
import type { JournalPort, StepOutcome, StepRunContext } from "../../source/engine/ports.ts";
import { createJournal, reopenJournal } from "../../source/journal/journal.ts";
import { ok, type Problem, type Result } from "../../source/problem.ts";
import { checklistOf, headerOf } from "../helpers/checklist.ts";

export const PASSED: StepOutcome = { status: "passed", report: EMPTY_REPORT };

export interface Script {
  readonly steps: Readonly<Record<string, (context: StepRunContext) => Promise<StepOutcome>>>;
  undo?(id: string): Promise<Result<string>>;
}

export async function journalPath(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), "restore-drill-engine-")), "drill", "journal.jsonl");
}

export async function newEngine(path: string, script: Script, ...steps: readonly Step[]) {
  const journal = await createJournal(path);
  if (!journal.ok) throw new Error(journal.problem.message);
  const engine = engineOn(journal.value, script);
  const start = () =>
    engine.begin({
      type: "start-drill",
      drill: headerOf(checklistOf(...steps)),
      values: {},
      notApplicable: {},
      skips: {},
    });
  return { engine, start };
}

export async function resumedEngine(path: string, script: Script) {
  const reopened = await reopenJournal(path);
  if (!reopened.ok) throw new Error(reopened.problem.message);
  return engineOn(reopened.value.journal, script, replay(reopened.value.events));
}

export function engineOn(journal: JournalPort, script: Script, initial?: DrillState) {
  const fatal: Problem[] = [];
  const output = { digest: "sha256:0", bytes: 0, lines: 0 };
  const engine = createEngine({
    ports: {
      journal,
      spool: { open: async () => ({ write: () => undefined, close: async () => output }) },
      runner: {
        run: (step, context) => script.steps[step.id]?.(context) ?? Promise.resolve(PASSED),
        undo: (resource) => script.undo?.(resource.id) ?? Promise.resolve(ok("dropped")),
        notApplicable: async () => undefined,
        expand: (text) => text,
      },
      signer: { sign: async () => ok({ id: "entry", hash: "hash", log: "log.jsonl" }) },
      clock: () => new Date().toISOString(),
      onFatal: (problem) => fatal.push(problem),
    },
    ...(initial === undefined ? {} : { initial }),
  });
  return Object.assign(engine, { fatal });
}
