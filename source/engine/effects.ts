/** The work that events set off: steps, undoing, signing. Each reports back as a command. */
import type { DrillCommand, Refusal } from "../drill/commands.ts";
import type { DrillEvent } from "../drill/events.ts";
import { type DrillState, locateStep } from "../drill/state.ts";
import { EMPTY_REPORT, type StepId } from "../drill/types.ts";
import type { Activity } from "./activity.ts";
import type { OutputLine, Progress } from "./interface.ts";
import type { OutputBuffer } from "./output.ts";
import type { EnginePorts, Spool, StepOutcome, StepRunContext } from "./ports.ts";

/** A command whose time the engine still has to stamp. */
export type Unstamped<T> = T extends unknown ? Omit<T, "at"> : never;

interface EffectDeps {
  readonly ports: EnginePorts;
  readonly output: OutputBuffer;
  readonly activity: Activity;
  readonly state: () => DrillState;
  readonly send: (command: Unstamped<DrillCommand>) => Promise<Refusal | undefined>;
}

export interface Effects {
  follow(event: DrillEvent): void;
  sign(): void;
  cancelStep(reason: string): void;
  cancelAll(reason: string): void;
  settled(): Promise<void>;
  progress(step: StepId): Progress | undefined;
}

export function createEffects(deps: EffectDeps): Effects {
  const { ports, state, send } = deps;
  const running = new Set<Promise<void>>();
  const cancels = new Set<AbortController>();
  const progress = new Map<StepId, Progress>();
  let stepCancel: AbortController | undefined;
  let signing = false;

  function track(work: (signal: AbortSignal) => Promise<void>): AbortController {
    const controller = new AbortController();
    cancels.add(controller);
    const promise = work(controller.signal).finally(() => {
      running.delete(promise);
      cancels.delete(controller);
    });
    running.add(promise);
    return controller;
  }

  async function runStep(id: StepId, attempt: number, signal: AbortSignal): Promise<void> {
    const located = locateStep(state(), id);
    if (located === undefined) return;
    deps.output.clear(id);
    progress.delete(id);
    const spool = await ports.spool.open(id, attempt);
    const lines = lineWriter(deps, id, spool);
    const context = stepContext(id, attempt, { signal, line: lines.write });
    const outcome = await ports.runner.run(located.step, context);
    lines.detach();
    progress.delete(id);
    await reportOutcome(id, attempt, await withOutput(outcome, spool));
  }

  function stepContext(
    step: StepId,
    attempt: number,
    io: Pick<StepRunContext, "signal" | "line">,
  ): StepRunContext {
    const startedAt = performance.now();
    return {
      ...io,
      attempt,
      get state() {
        return state();
      },
      progress(label, done, total, unit) {
        const elapsedMs = performance.now() - startedAt;
        const known = total === undefined ? {} : { total };
        progress.set(step, { label, done, unit, elapsedMs, ...known });
        deps.activity.touch();
      },
      async command(command) {
        await send({ type: "issue-command", step, attempt, command });
      },
      async register(resource) {
        await send({ type: "register-resource", step, attempt, resource });
      },
      async release(resource, how) {
        await send({ type: "release-resource", resource, how });
      },
    };
  }

  async function reportOutcome(step: StepId, attempt: number, outcome: StepOutcome): Promise<void> {
    const { report } = outcome;
    switch (outcome.status) {
      case "passed":
        await send({ type: "report-passed", step, attempt, report });
        return;
      case "failed":
        await send({ type: "report-failed", step, attempt, report, failure: outcome.failure });
        return;
      case "interrupted":
        await send({ type: "report-interrupted", step, attempt, report, reason: outcome.reason });
        return;
    }
  }

  async function undo(id: string, signal: AbortSignal): Promise<void> {
    const resource = state().resources.find((one) => one.id === id);
    if (resource === undefined) return;
    const line = lineWriter(deps, resource.step, undefined).write;
    const result = await ports.runner.undo(resource, { state: state(), signal, line });
    await send(
      result.ok
        ? { type: "release-resource", resource: id, how: result.value }
        : { type: "report-undo-failed", resource: id, problem: result.problem.message },
    );
  }

  async function sign(): Promise<void> {
    const { signOff } = state();
    if (signOff === undefined) return;
    const signed = await ports.signer.sign(state(), signOff, ports.clock());
    const { message, hint } = signed.ok ? { message: "", hint: undefined } : signed.problem;
    await send(
      signed.ok
        ? { type: "report-signed", entry: signed.value }
        : {
            type: "report-sign-failed",
            problem: hint === undefined ? { message } : { message, hint },
          },
    );
  }

  return {
    follow(event) {
      if (event.type === "step-started") {
        const { step, attempt } = event;
        stepCancel = track((signal) => runStep(step, attempt, signal));
      } else if (event.type === "resource-undo-started") {
        track((signal) => undo(event.resource, signal));
      } else if (event.type === "drill-aborted" || event.type === "drill-given-up") {
        stepCancel?.abort(event.reason);
      }
    },
    sign() {
      if (signing) return;
      signing = true;
      track(() => sign().finally(() => (signing = false)));
    },
    cancelStep(reason) {
      stepCancel?.abort(reason);
    },
    cancelAll(reason) {
      for (const controller of cancels) controller.abort(reason);
    },
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
    progress: (step) => progress.get(step),
  };
}

/** After the attempt ended, late lines (a background app's) still reach the screen. */
function lineWriter(deps: EffectDeps, step: StepId, spool: Spool | undefined) {
  let attached = spool;
  return {
    write(stream: OutputLine["stream"], text: string) {
      const line = { stream, text };
      attached?.write(line);
      deps.output.add(step, line);
      deps.activity.touch();
    },
    detach() {
      attached = undefined;
    },
  };
}

async function withOutput(outcome: StepOutcome, spool: Spool): Promise<StepOutcome> {
  const output = await spool.close();
  const report = { ...EMPTY_REPORT, ...outcome.report, output };
  return { ...outcome, report };
}
