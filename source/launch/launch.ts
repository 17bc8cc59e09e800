/**
 * The composition root of a drill: opens the environment, makes the plan, and hands out an
 * engine. Drivers see the `Launch` interface only.
 */
import type { Checklist } from "../checklist/types.ts";
import type { ServerSummary } from "../drill/types.ts";
import type {
  BeginChoices,
  DrillEngine,
  FoundSetting,
  Launch,
  LaunchState,
} from "../engine/interface.ts";
import type { Target } from "../environment/target.ts";
import type { EnvironmentConfig } from "../environment/types.ts";
import { dropLeftover } from "../postgres/drop-database.ts";
import { fail, type Problem, type Result } from "../problem.ts";
import type { Storage } from "../settings/storage.ts";
import type { Assembled } from "./assemble.ts";
import { openTarget, openUnseen } from "./open.ts";
import { makePlan, type Planned } from "./plan.ts";
import { rowValuesToShow } from "./row-values.ts";

export interface LaunchRequest {
  readonly checklist: Checklist;
  readonly config: EnvironmentConfig;
  readonly operator: string;
  readonly drill: string;
  readonly overrides: Readonly<Record<string, string>>;
  readonly storage: Storage;
  /** Reasons the environment smells of production, or other grounds to refuse; none is fine. */
  readonly refusal?: (target: Target) => Problem | undefined;
  /** Set when the environment was found in the working directory. */
  readonly found?: {
    readonly settings: readonly FoundSetting[];
    /** Path of the new configuration. */
    save(): Promise<Result<string>>;
  };
  /** Turns a plan into a running drill: a new one, or one that was left. */
  readonly start: (
    target: Target,
    planned: Planned,
    choices: BeginChoices,
  ) => Promise<Result<Assembled>>;
  /** Set where there is something to do even if the server does not answer. */
  readonly withoutServer?: { readonly server: ServerSummary; told(problem: Problem): void };
  /** Set when `start` goes on with a drill. */
  readonly resumes?: NonNullable<Planned["plan"]["resumes"]>;
}

const NOTHING_FOUND: Problem = {
  code: "usage",
  message: "This environment is configured already, so there is nothing to save.",
};
const NOT_OPEN: Problem = { code: "unusable", message: "The environment is not open." };

export function createLaunch(request: LaunchRequest): Launch {
  const listeners = new Set<() => void>();
  const cancel = new AbortController();
  const lines: string[] = [];
  let state: LaunchState = { status: "opening", environment: request.config.name, lines };
  let overrides = request.overrides;
  let target: Target | undefined;
  let planned: Planned | undefined;
  let assembled: Assembled | undefined;
  let closing: Promise<void> | undefined;

  const set = (next: LaunchState) => {
    state = next;
    for (const listener of listeners) listener();
  };
  const refuse = (problem: Problem) => set({ status: "refused", problem });

  async function open(): Promise<void> {
    const opened = await openTarget(request.config, {
      practiceBackups: request.storage.backups,
      signal: cancel.signal,
      line(text) {
        lines.push(text);
        set({ status: "opening", environment: request.config.name, lines: [...lines] });
      },
    });
    const usable = opened.ok ? opened.value : await unseen(opened.problem);
    if (usable === undefined) return;
    target = usable;
    const refusal = request.refusal?.(target);
    if (refusal !== undefined) return refuse(refusal);
    await replan();
  }

  /** Goes on without the server where that is wanted; else refuses. */
  async function unseen(problem: Problem): Promise<Target | undefined> {
    const { withoutServer, config } = request;
    const wanted = withoutServer !== undefined && !cancel.signal.aborted;
    const made = wanted ? await openUnseen(config, withoutServer.server) : undefined;
    if (made === undefined) refuse(problem);
    else withoutServer?.told(problem);
    return made;
  }

  async function replan(): Promise<void> {
    if (target === undefined || cancel.signal.aborted) return;
    const { checklist, operator, drill, resumes, found } = request;
    const made = await makePlan({ checklist, operator, drill, target, overrides });
    if (!made.ok) return planned === undefined ? refuse(made.problem) : complain(made.problem);
    planned = made.value;
    if (resumes === undefined) {
      const plan = { ...planned.plan, ...(found === undefined ? {} : { found: found.settings }) };
      planned = { ...planned, plan };
      set({ status: "planned", plan, problems: planned.problems });
    } else {
      set({ status: "planned", plan: { ...planned.plan, resumes }, problems: [] });
    }
  }

  /** A change that does not do leaves the plan as it was, and says why. */
  function complain(problem: Problem): void {
    if (planned !== undefined) set({ status: "planned", plan: planned.plan, problems: [problem] });
  }

  async function begin(choices: BeginChoices): Promise<Result<DrillEngine>> {
    if (state.status !== "planned" || target === undefined || planned === undefined) {
      return fail(NOT_OPEN);
    }
    const [problem] = state.problems;
    if (problem !== undefined) return fail(problem);
    const started = await request.start(target, planned, choices);
    if (!started.ok) return started;
    assembled = started.value;
    return { ok: true, value: assembled.engine };
  }

  async function closeAll(): Promise<void> {
    cancel.abort("closing");
    await opening;
    await assembled?.close();
    await target?.close();
    listeners.clear();
  }

  const opening = open();

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async opened() {
      await opening;
      return state;
    },
    async change(changed) {
      overrides = { ...overrides, ...changed };
      await replan();
    },
    async dropLeftover(typed) {
      if (target === undefined || planned === undefined) {
        return fail(NOT_OPEN);
      }
      const dropped = await dropLeftover(target, planned.plan.restoreDatabase, typed);
      await replan();
      return dropped;
    },
    async saveFound() {
      return request.found === undefined ? fail(NOTHING_FOUND) : request.found.save();
    },
    begin,
    async rowValues(rows) {
      if (target === undefined) return fail(NOT_OPEN);
      return rowValuesToShow(target, rows, cancel.signal);
    },
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}
