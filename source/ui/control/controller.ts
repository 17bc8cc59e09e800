/** Holds the screen's state between the keys and the outside. Knows nothing of React. */

import type { DrillState } from "../../drill/state.ts";
import { UNSTARTED } from "../../drill/state.ts";
import type { DrillEngine, Launch } from "../../engine/interface.ts";
import type { Problem, Result } from "../../problem.ts";
import type { Outcome as DialogOutcome } from "../dialog/spec.ts";
import type { World } from "../model/world.ts";
import type { Context, Size } from "./context.ts";
import { contextOf } from "./context.ts";
import type { Effect, ExportFormat } from "./effects.ts";
import { farewellOf, type Outcome } from "./farewell.ts";
import type { Turn } from "./intents.ts";
import type { Press } from "./keys.ts";
import { takePaste, takePress } from "./turn.ts";
import {
  closeDialog,
  initialUi,
  notify,
  ownState,
  setBusy,
  type UiState,
  without,
} from "./ui-state.ts";

const PREFLIGHT = "Looking at everything once more before the drill begins";

export interface ControllerOptions {
  readonly launch: Launch;
  readonly operatorDefault: string;
  /** Optional steps to skip, with the reason, as the command line gave them. */
  readonly skips: Readonly<Record<string, string>>;
  expandText(text: string, state: DrillState): string;
  exportEntry(format: ExportFormat, file: string): Promise<Result<string>>;
  now(): number;
}

const NO_OUTPUT = { lines: [], total: 0 };

export class Controller {
  readonly #options: ControllerOptions;
  readonly #openedAt: number;
  readonly #listeners = new Set<() => void>();
  readonly #finished = Promise.withResolvers<Outcome>();
  #ui: UiState;
  #engine: DrillEngine | undefined;
  #size: Size = { columns: 80, rows: 24 };
  #version = 0;
  #leaving = false;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#openedAt = options.now();
    this.#ui = { ...initialUi(options.operatorDefault), skips: options.skips };
    options.launch.subscribe(() => this.#changed());
  }

  /** Resolves once the operator left and everything is closed. */
  get finished(): Promise<Outcome> {
    return this.#finished.promise;
  }

  get ui(): UiState {
    return this.#ui;
  }

  /** Grows with every change; what React compares. */
  get version(): number {
    return this.#version;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  get engine(): DrillEngine | undefined {
    return this.#engine;
  }

  /** Resolves at the next change of anything. */
  changed(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.subscribe(() => {
        stop();
        resolve();
      });
    });
  }

  /** Takes what a dialog decided about the screen's own state. */
  accept(outcome: DialogOutcome): void {
    this.#set(ownState(this.#ui, outcome));
  }

  /** Runs an effect to its end; what there is to say about it, if anything. */
  async perform(effect: Effect): Promise<string | undefined> {
    this.#ui = notify(this.#ui, undefined);
    await this.#run(effect);
    return this.#ui.notice?.text;
  }

  resize(size: Size): void {
    this.#size = size;
  }

  world(): World {
    const { launch, operatorDefault, now, expandText } = this.#options;
    const engine = this.#engine;
    const drill = engine?.state();
    return {
      launch: launch.state(),
      ...(drill === undefined ? {} : { drill }),
      now: now(),
      openedAt: this.#openedAt,
      operatorDefault,
      output: (step) => engine?.output(step) ?? NO_OUTPUT,
      progress: (step) => engine?.progress(step),
      expand: (text) => expandText(text, drill ?? UNSTARTED),
    };
  }

  press(press: Press): void {
    this.#take(takePress(press, (ui) => this.#look(ui), this.#ui));
  }

  paste(text: string): void {
    this.#take(takePaste(text, this.#look(this.#ui)));
  }

  /** Closes everything and says how it ended; a second call changes nothing. */
  async leave(reason = "The operator left."): Promise<void> {
    if (this.#leaving) return;
    this.#leaving = true;
    this.#set(setBusy(without(this.#ui, "values"), "Closing"));
    const drill = this.#engine?.state();
    await this.#engine?.close(reason);
    await this.#options.launch.close();
    const state = this.#options.launch.state();
    this.#finished.resolve(farewellOf(drill, state));
  }

  #look(ui: UiState): Context {
    return contextOf(this.world(), ui, this.#size);
  }

  #take(turn: Turn): void {
    this.#set(turn.ui);
    for (const effect of turn.effects) void this.#run(effect);
  }

  async #run(effect: Effect): Promise<void> {
    const { launch, exportEntry } = this.#options;
    switch (effect.type) {
      case "leave":
        return this.leave();
      case "stop":
        this.#engine?.interrupt(effect.reason);
        return this.#set(closeDialog(this.#ui, true));
      case "dispatch":
        return this.#dispatch(effect);
      case "begin":
        return this.#busy(PREFLIGHT, async () => {
          const { operator, skips, listener } = effect;
          const heard = listener === undefined ? {} : { listener };
          const begun = await launch.begin({ operator, skips, ...heard });
          if (begun.ok) this.#attach(begun.value);
          return begun.ok ? undefined : begun.problem;
        });
      case "change":
        return this.#busy("Making the plan anew", async () => {
          await launch.change(effect.overrides);
          return undefined;
        });
      case "row-values":
        return this.#busy("Reading the rows that differ", async () => {
          const { request, more } = effect;
          const read = await launch.rowValues(request);
          if (this.#leaving) return undefined;
          const found = read.ok ? { rows: read.value } : { rows: [], problem: read.problem };
          this.#ui = { ...this.#ui, values: { ...found, more, from: 0 } };
          return undefined;
        });
      case "drop-leftover":
        return this.#busy("Dropping the leftover database", async () =>
          this.#told(await launch.dropLeftover(effect.typed)),
        );
      case "save-found":
        return this.#busy("Writing the configuration", async () =>
          this.#told(await launch.saveFound(), "Written, to be read and committed: "),
        );
      case "export":
        return this.#busy("Writing the export", async () =>
          this.#told(await exportEntry(effect.format, effect.file), "Written: "),
        );
    }
  }

  #attach(engine: DrillEngine): void {
    this.#engine = engine;
    const { selected: _, scroll: __, ...ui } = this.#ui;
    this.#ui = ui;
    engine.subscribe(() => {
      // The drill went on: that something was done is no news any more.
      if (this.#ui.notice?.tone === "good") this.#ui = notify(this.#ui, undefined);
      this.#changed();
    });
    engine.onActivity(() => this.#changed());
  }

  async #dispatch({ request, done }: Extract<Effect, { type: "dispatch" }>): Promise<void> {
    const engine = this.#engine;
    if (engine === undefined) return;
    const refusal = await engine.dispatch(request);
    if (refusal === undefined) {
      const closed = closeDialog(this.#ui, true);
      this.#set(done === undefined ? closed : notify(closed, { text: done, tone: "good" }));
      return;
    }
    this.#complain([refusal.message, refusal.hint].filter((text) => text !== undefined).join(" "));
  }

  /** Runs with keys held; success closes the dialog, a problem is told where one looks. */
  async #busy(label: string, work: () => Promise<Problem | undefined>): Promise<void> {
    this.#set(setBusy(this.#ui, label));
    const problem = await work();
    if (this.#leaving) return;
    const free = setBusy(this.#ui, undefined);
    if (problem === undefined) {
      this.#set(closeDialog(free, true));
      return;
    }
    this.#ui = free;
    this.#complain([problem.message, problem.hint].filter((text) => text !== undefined).join(" "));
  }

  #told(result: Result<string>, prefix = ""): Problem | undefined {
    if (!result.ok) return result.problem;
    this.#ui = notify(this.#ui, { text: prefix + result.value, tone: "good" });
    return undefined;
  }

  #complain(text: string): void {
    const { dialog } = this.#ui;
    const ui = notify(this.#ui, { text, tone: "bad" });
    this.#set(dialog === undefined ? ui : { ...ui, dialog: { ...dialog, complaint: text } });
  }

  #set(ui: UiState): void {
    this.#ui = ui;
    this.#changed();
  }

  #changed(): void {
    this.#version++;
    for (const listener of this.#listeners) listener();
  }
}
