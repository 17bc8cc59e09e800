/** A launch and an engine without effects: the real decide and evolve, driven by the test. */
import type { DrillCommand } from "../../source/drill/commands.ts";
import { decide } from "../../source/drill/decide.ts";
import type { DrillEvent } from "../../source/drill/events.ts";
import { evolve } from "../../source/drill/evolve.ts";
import { isRefusal } from "../../source/drill/refuse.ts";
import type { RowsRequest, RowValues } from "../../source/drill/row-values.ts";
import { type DrillState, stepRecord, UNSTARTED } from "../../source/drill/state.ts";
import { EMPTY_REPORT, type StepReport } from "../../source/drill/types.ts";
import type {
  BeginChoices,
  DrillEngine,
  Launch,
  LaunchState,
  OutputLine,
  OutputView,
  Plan,
  Progress,
} from "../../source/engine/interface.ts";
import { ok, type Problem, type Result } from "../../source/problem.ts";

type Unstamped<T> = T extends unknown ? Omit<T, "at"> : never;
export const BEGAN = Date.parse("2026-11-22T14:30:00.000Z");

export class ScriptedEngine implements DrillEngine {
  drill: DrillState = UNSTARTED;
  /** Milliseconds since the epoch. */
  now = BEGAN;
  readonly closed: string[] = [];
  readonly interrupted: string[] = [];
  readonly taken: DrillCommand["type"][] = [];
  readonly lines = new Map<string, OutputLine[]>();
  readonly work = new Map<string, Progress>();
  readonly #listeners = new Set<(event: DrillEvent, state: DrillState) => void>();
  readonly #activity = new Set<() => void>();

  state(): DrillState {
    return this.drill;
  }

  async dispatch(request: Unstamped<DrillCommand>) {
    const command = { ...request, at: new Date(this.now).toISOString() } as DrillCommand;
    const decision = decide(this.drill, command);
    if (isRefusal(decision)) return decision;
    this.taken.push(command.type);
    for (const event of decision) {
      this.drill = evolve(this.drill, event);
      for (const listener of this.#listeners) listener(event, this.drill);
    }
    return undefined;
  }

  /** A command that must be taken, at once. */
  take(request: Unstamped<DrillCommand>, seconds = 0): this {
    this.now += seconds * 1000;
    const command = { ...request, at: new Date(this.now).toISOString() } as DrillCommand;
    const decision = decide(this.drill, command);
    if (isRefusal(decision)) throw new Error(`${command.type}: ${decision.message}`);
    for (const event of decision) {
      this.drill = evolve(this.drill, event);
      for (const listener of this.#listeners) listener(event, this.drill);
    }
    return this;
  }

  #attempt(step: string): number {
    const { state } = stepRecord(this.drill, step);
    return "attempt" in state ? state.attempt : 0;
  }

  start(step: string, ...commands: readonly string[]): this {
    this.take({ type: "start-step", step }, 1);
    for (const command of commands) {
      this.take({ type: "issue-command", step, attempt: this.#attempt(step), command });
    }
    return this;
  }

  pass(step: string, report: Partial<StepReport> = {}, seconds = 2): this {
    const full = { ...EMPTY_REPORT, ...report };
    return this.take(
      { type: "report-passed", step, attempt: this.#attempt(step), report: full },
      seconds,
    );
  }

  fail(step: string, message: string, report: Partial<StepReport> = {}): this {
    const failure = { message, hint: "Look at the output, mend it, then retry." };
    return this.take(
      {
        type: "report-failed",
        step,
        attempt: this.#attempt(step),
        report: { ...EMPTY_REPORT, ...report },
        failure,
      },
      2,
    );
  }

  makes(step: string, id: string, kind: "database" | "process" = "database"): this {
    return this.take({
      type: "register-resource",
      step,
      attempt: this.#attempt(step),
      resource: { id, kind, label: `${kind} ${id}`, undo: {} },
    });
  }

  print(step: string, ...texts: readonly string[]): this {
    const lines = this.lines.get(step) ?? [];
    lines.push(...texts.map((text): OutputLine => ({ stream: "stdout", text })));
    this.lines.set(step, lines);
    for (const listener of this.#activity) listener();
    return this;
  }

  subscribe(listener: (event: DrillEvent, state: DrillState) => void) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onActivity(listener: () => void) {
    this.#activity.add(listener);
    return () => this.#activity.delete(listener);
  }

  output(step: string): OutputView {
    const lines = this.lines.get(step) ?? [];
    return { lines: lines.slice(-1000), total: lines.length };
  }

  progress(step: string): Progress | undefined {
    return this.work.get(step);
  }

  interrupt(reason: string): void {
    this.interrupted.push(reason);
  }

  async close(reason: string): Promise<void> {
    this.closed.push(reason);
  }
}

export class ScriptedLaunch implements Launch {
  #state: LaunchState;
  readonly #listeners = new Set<() => void>();
  readonly engine: ScriptedEngine;
  readonly changes: Readonly<Record<string, string>>[] = [];
  readonly drops: string[] = [];
  readonly begun: BeginChoices[] = [];
  closed = 0;
  readonly asked: RowsRequest[] = [];
  rowResult: Result<readonly RowValues[]> = ok([]);
  dropResult: Result<string> = ok("Dropped.");
  saves = 0;
  saveResult: Result<string> = ok("/opt/ringrift/restore-drill.yaml");
  beginProblem: Problem | undefined;

  constructor(state: LaunchState, engine = new ScriptedEngine()) {
    this.#state = state;
    this.engine = engine;
  }

  state(): LaunchState {
    return this.#state;
  }

  set(state: LaunchState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  subscribe(listener: () => void) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async opened(): Promise<LaunchState> {
    return this.#state;
  }

  async change(overrides: Readonly<Record<string, string>>): Promise<void> {
    this.changes.push(overrides);
    if (this.#state.status !== "planned") return;
    const { plan } = this.#state;
    const restoreDatabase = overrides.RESTORE_DB ?? plan.restoreDatabase;
    this.set({ status: "planned", plan: { ...plan, restoreDatabase }, problems: [] });
  }

  async dropLeftover(typed: string): Promise<Result<string>> {
    this.drops.push(typed);
    return this.dropResult;
  }

  async saveFound(): Promise<Result<string>> {
    this.saves++;
    return this.saveResult;
  }

  async rowValues(request: RowsRequest): Promise<Result<readonly RowValues[]>> {
    this.asked.push(request);
    return this.rowResult;
  }

  async begin(choices: BeginChoices): Promise<Result<DrillEngine>> {
    this.begun.push(choices);
    if (this.beginProblem !== undefined) return { ok: false, problem: this.beginProblem };
    if (this.#state.status !== "planned") throw new Error("not planned");
    if (this.engine.drill.drill === undefined) {
      this.engine.take(startCommand(this.#state.plan, choices.skips));
    }
    return ok(this.engine);
  }

  async close(): Promise<void> {
    this.closed++;
  }
}

export function startCommand(plan: Plan, skips: Readonly<Record<string, string>> = {}) {
  const notApplicable = Object.fromEntries(
    Object.entries(plan.steps).flatMap(([id, { notApplicable: why }]) =>
      why === undefined ? [] : [[id, why] as const],
    ),
  );
  return {
    type: "start-drill",
    drill: {
      id: "drill-20261122-143000-ab12",
      checklist: plan.checklist,
      environment: plan.environment,
      restoreDatabase: plan.restoreDatabase,
      operator: plan.operator,
      startedAt: new Date(BEGAN).toISOString(),
      tool: { version: "0.1.0", node: "24.21.0", platform: "linux-x64" },
    },
    values: { APP_URL: "http://127.0.0.1:4000" },
    notApplicable,
    skips,
  } as const;
}
