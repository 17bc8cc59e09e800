/** A step runner with a real shell, real processes and a recorded engine around it. */
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createStepRunner } from "../../source/actions/runner.ts";
import type { RunnerDeps } from "../../source/actions/runner-deps.ts";
import { type DrillState, UNSTARTED } from "../../source/drill/state.ts";
import type { Resource } from "../../source/drill/types.ts";
import type { OutputLine } from "../../source/engine/interface.ts";
import type { StepRunContext } from "../../source/engine/ports.ts";
import type { Target } from "../../source/environment/target.ts";
import { fail } from "../../source/problem.ts";
import { createRedactor } from "../../source/process/redact.ts";
import { processes } from "../../source/process/run.ts";
import { checklistOf, headerOf } from "./checklist.ts";

export function temporaryDirectory(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "restore-drill-test-")));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Offers nothing and refuses everything but what a test gives it. */
export function stubTarget(given: Partial<Target> = {}): Target {
  const refuse = async () =>
    fail({ code: "unusable", message: "This test gave its target no such thing." });
  const { environment: summary } = headerOf(checklistOf());
  return {
    summary,
    production: false,
    project: tmpdir(),
    capabilities: new Set(),
    reasonWithout: (capability) => `This environment has no ${capability}.`,
    variables: {},
    metricQueries: [],
    secretVariables: () => ({}),
    secrets: [],
    user: "ringrift",
    connect: refuse,
    backupDirectory: join(tmpdir(), "backups"),
    formats: refuse,
    describeDump: () => "dump",
    dump: refuse,
    describeRestore: () => "restore",
    restore: refuse,
    freeSpace: refuse,
    describeApp: ({ database, port }) => `start app ${database} ${port}`,
    startApp: refuse,
    appRuns: refuse,
    describeAppRun: ({ command }) => command,
    runInApp: refuse,
    stopProcess: refuse,
    close: async () => {},
    ...given,
  };
}

export interface WorldOptions extends Partial<Omit<RunnerDeps, "target">> {
  readonly target?: Partial<Target>;
  readonly values?: Readonly<Record<string, string>>;
  /** The ledger as an earlier life left it. */
  readonly resources?: readonly Resource[];
  readonly onLine?: (line: OutputLine) => void;
  /** Of the drill; ISO 8601. */
  readonly startedAt?: string;
}

export function stepWorld(options: WorldOptions = {}) {
  const { target: given, values = {}, resources: owed = [], onLine, startedAt, ...rest } = options;
  const target = stubTarget(given);
  const deps: RunnerDeps = {
    target,
    restoreDatabase: "ringrift_restore_drill",
    passedBackups: async () => new Set(),
    redact: createRedactor(target.secrets).redact,
    processes,
    ...rest,
  };
  const runner = createStepRunner(deps);
  const lines: OutputLine[] = [];
  const commands: string[] = [];
  const ledger = new Map(owed.map((resource) => [resource.id, resource]));
  const cancel = new AbortController();
  const state = (): DrillState => ({
    ...UNSTARTED,
    phase: "running",
    drill: { ...headerOf(checklistOf()), ...(startedAt === undefined ? {} : { startedAt }) },
    values,
    resources: [...ledger.values()],
  });
  const context: StepRunContext = {
    get state() {
      return state();
    },
    signal: cancel.signal,
    attempt: 1,
    line(stream, text) {
      if (onLine === undefined) lines.push({ stream, text });
      else onLine({ stream, text });
    },
    progress() {},
    async command(text) {
      commands.push(text);
    },
    async register(resource) {
      ledger.set(resource.id, { ...resource, step: "test", status: "owed" });
    },
    async release(id, reason) {
      const resource = ledger.get(id);
      if (resource !== undefined) ledger.set(id, { ...resource, status: "released", reason });
    },
  };
  return {
    runner,
    target,
    context,
    lines,
    commands,
    state,
    cancel: (reason: string) => cancel.abort(reason),
    texts: () => lines.map(({ text }) => text),
    resources: () => [...ledger.values()],
    async undoAll() {
      const owing = [...ledger.values()].filter(({ status }) => status === "owed");
      return Promise.all(owing.map((resource) => runner.undo(resource, context)));
    },
  };
}

/** A zombie that nobody has waited for yet lives no more. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== "linux") return true;
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2)[0] !== "Z";
  } catch {
    return false;
  }
}
