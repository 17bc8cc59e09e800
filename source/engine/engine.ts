/**
 * Runs one drill: decide, journal (fsync), evolve, notify, then start the effects that follow.
 * Commands are serialised; effects report back as commands.
 */
import type { DrillCommand, OperatorCommand, Refusal } from "../drill/commands.ts";
import { decide } from "../drill/decide.ts";
import type { DrillEvent } from "../drill/events.ts";
import { evolve } from "../drill/evolve.ts";
import { nextMove } from "../drill/next.ts";
import { isRefusal } from "../drill/refuse.ts";
import { type DrillState, locateStep, UNSTARTED } from "../drill/state.ts";
import type { Problem } from "../problem.ts";
import { createActivity } from "./activity.ts";
import { createEffects, type Unstamped } from "./effects.ts";
import type { DrillEngine } from "./interface.ts";
import { createOutputBuffer } from "./output.ts";
import type { EnginePorts } from "./ports.ts";

export interface EngineOptions {
  readonly ports: EnginePorts;
  /** Replayed from a journal when resuming. */
  readonly initial?: DrillState;
}

/** The engine, plus the one command drivers do not give themselves. */
export interface StartableEngine extends DrillEngine {
  begin(
    command: Unstamped<Extract<OperatorCommand, { type: "start-drill" }>>,
  ): Promise<Refusal | undefined>;
}

export function createEngine({ ports, initial = UNSTARTED }: EngineOptions): StartableEngine {
  const listeners = new Set<(event: DrillEvent, state: DrillState) => void>();
  const activity = createActivity();
  const output = createOutputBuffer();
  let state = initial;
  let queue: Promise<unknown> = Promise.resolve();
  let broken: Problem | undefined;
  let closing: Promise<void> | undefined;
  let advancing = false;
  let advanceAgain = false;

  const effects = createEffects({
    ports,
    output,
    activity,
    state: () => state,
    send: (command) => send(command),
  });

  function send(command: Unstamped<DrillCommand>): Promise<Refusal | undefined> {
    const run = queue.then(() => take({ ...command, at: ports.clock() } as DrillCommand));
    queue = run;
    return run;
  }

  async function take(command: DrillCommand): Promise<Refusal | undefined> {
    if (broken !== undefined) return { command: command.type, message: broken.message };
    const decision = decide(state, command);
    if (isRefusal(decision)) return decision;
    for (const event of decision) {
      const written = await ports.journal.append(event);
      if (!written.ok) return breakDown(command, written.problem);
      state = evolve(state, event);
      effects.follow(event);
      for (const listener of listeners) listener(event, state);
    }
    activity.touch();
    void advance();
    return undefined;
  }

  /** Nothing may happen that the journal does not know of. */
  function breakDown(command: DrillCommand, problem: Problem): Refusal {
    broken = problem;
    effects.cancelAll("The journal cannot be written.");
    ports.onFatal(problem);
    return { command: command.type, message: problem.message };
  }

  async function advance(): Promise<void> {
    advanceAgain = true;
    if (advancing) return;
    advancing = true;
    while (advanceAgain && closing === undefined && broken === undefined) {
      advanceAgain = false;
      await makeMove();
    }
    advancing = false;
  }

  async function makeMove(): Promise<void> {
    const move = nextMove(state);
    switch (move.kind) {
      case "start-step":
        return startStep(move.step);
      case "undo":
        await send({ type: "start-undo", resource: move.resource });
        return;
      case "end":
        await send({ type: "end-drill" });
        return;
      case "sign":
        effects.sign();
        return;
      default:
        return;
    }
  }

  async function startStep(step: string): Promise<void> {
    const located = locateStep(state, step);
    if (located === undefined) return;
    const reason = await ports.runner.notApplicable(located.step, state);
    if (closing !== undefined) return;
    await send(
      reason === undefined
        ? { type: "start-step", step }
        : { type: "mark-not-applicable", step, reason },
    );
  }

  return {
    state: () => state,
    begin: send,
    dispatch: send,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onActivity: activity.listen,
    output: output.view,
    progress: effects.progress,
    interrupt: effects.cancelStep,
    close(reason) {
      closing ??= (async () => {
        effects.cancelAll(reason);
        await effects.settled();
        await queue;
        await ports.journal.close();
        activity.stop();
      })();
      return closing;
    },
  };
}
