/** The same drill, line by line: for dumb terminals and screen readers. */
import { waitingFor } from "../../drill/next.ts";
import { currentStep } from "../../drill/state.ts";
import type { Launch, OutputView } from "../../engine/interface.ts";
import type { Controller } from "../control/controller.ts";
import type { Effect } from "../control/effects.ts";
import type { Outcome } from "../control/farewell.ts";
import { dialogSpec } from "../dialog/dialogs.ts";
import { leftoverOf } from "../dialog/plan-dialogs.ts";
import type { DialogKind, DialogSpec } from "../dialog/spec.ts";
import { backgroundOf } from "../model/background-log.ts";
import { checklistRows } from "../model/checklist.ts";
import { plain } from "../model/doc.ts";
import { BRAND } from "../model/header.ts";
import { planRows } from "../model/plan.ts";
import { summaryRows } from "../model/summary.ts";
import { screenOf } from "../model/world.ts";
import { type Row, rowText } from "../text/rows.ts";
import { textLines } from "../text/width.ts";
import { askDialog } from "./ask-dialog.ts";
import type { LineConsole } from "./console.ts";
import { eventLines } from "./events.ts";
import { planMenu, waitingMenu } from "./menu.ts";

const WIDTH = 78;

export async function runLinear(
  launch: Launch,
  controller: Controller,
  lines: LineConsole,
): Promise<Outcome> {
  const session = new LinearSession(launch, controller, lines);
  void session.run().catch(() => controller.leave());
  const outcome = await controller.finished;
  lines.close();
  return outcome;
}

class LinearSession {
  readonly #launch: Launch;
  readonly #controller: Controller;
  readonly #lines: LineConsole;
  #told = 0;
  #last = "";
  /** Lines told of each step. */
  readonly #printed = new Map<string, number>();

  constructor(launch: Launch, controller: Controller, lines: LineConsole) {
    this.#launch = launch;
    this.#controller = controller;
    this.#lines = lines;
  }

  async run(): Promise<void> {
    this.#lines.print(BRAND);
    this.#tellOpening();
    const stop = this.#launch.subscribe(() => this.#tellOpening());
    const opened = await this.#launch.opened();
    stop();
    if (opened.status !== "planned") return this.#controller.leave();
    if (!(await this.#plan())) return this.#controller.leave();
    await this.#drill();
    return this.#controller.leave();
  }

  #print(rows: readonly Row[]): void {
    for (const cells of rows) this.#lines.print(rowText(cells).trimEnd());
  }

  #tellOpening(): void {
    const state = this.#launch.state();
    if (state.status !== "opening") return;
    for (const line of state.lines.slice(this.#told)) this.#lines.print(`${textLines(line)[0]}`);
    this.#told = state.lines.length;
  }

  /** True once the drill began. */
  async #plan(): Promise<boolean> {
    while (screenOf(this.#controller.world()) === "plan") {
      const world = this.#controller.world();
      const { ui } = this.#controller;
      this.#print(planRows(world, ui, WIDTH));
      const list = { width: WIDTH, height: 1000, shown: undefined, chosen: false, skips: ui.skips };
      this.#print(checklistRows(world, list).rows);
      const blocked = world.launch.status !== "planned" || world.launch.problems.length > 0;
      const menu = planMenu(world, leftoverOf(world) !== undefined, blocked);
      if (!(await this.#ask(menu))) return false;
    }
    return true;
  }

  async #drill(): Promise<void> {
    const { engine } = this.#controller;
    if (engine === undefined) return;
    const stop = engine.onActivity(() => this.#tellOutput());
    for (;;) {
      const drill = engine.state();
      if (drill.phase === "signed-off") break;
      const waiting = waitingFor(drill);
      if (waiting === undefined) {
        await this.#controller.changed();
        continue;
      }
      this.#tellOutput();
      if (!(await this.#ask(waitingMenu(this.#controller.world(), drill, waiting)))) return stop();
    }
    stop();
    this.#print(summaryRows(this.#controller.world(), WIDTH));
    await this.#askKind({ kind: "export" });
  }

  /** Of the step at hand, and of what goes on in the background meanwhile. */
  #tellOutput(): void {
    const { engine } = this.#controller;
    if (engine === undefined) return;
    const drill = engine.state();
    const step = currentStep(drill)?.step.id ?? this.#last;
    this.#last = step;
    this.#tellLines(step, engine.output(step), "  | ");
    const background = backgroundOf(drill)?.step ?? step;
    if (background !== step) this.#tellLines(background, engine.output(background), "  log | ");
  }

  #tellLines(step: string, { lines, total }: OutputView, mark: string): void {
    const before = this.#printed.get(step) ?? 0;
    const fresh = total < before ? total : total - before;
    const shown = fresh <= 0 ? [] : lines.slice(-fresh);
    if (shown.length < fresh) {
      this.#lines.print(`${mark}(${fresh - shown.length} lines left out)`);
    }
    for (const { text } of shown) this.#lines.print(`${mark}${textLines(plain(text))[0] ?? ""}`);
    this.#printed.set(step, total);
  }

  async #askKind(kind: DialogKind): Promise<boolean> {
    const spec = dialogSpec(kind, this.#controller.world(), this.#controller.ui.operator);
    return spec === undefined ? true : this.#ask(spec);
  }

  /** False when the operator is gone or leaves. */
  async #ask(spec: DialogSpec): Promise<boolean> {
    const outcome = await askDialog(this.#lines, spec);
    if (outcome === undefined) return false;
    this.#controller.accept(outcome);
    for (const effect of outcome.effects ?? []) {
      if (effect.type === "leave") return false;
      const said = await this.#controller.perform(this.#complete(effect));
      if (said !== undefined) this.#lines.print(said);
    }
    return outcome.open === undefined ? true : this.#askKind(outcome.open);
  }

  #complete(effect: Effect): Effect {
    if (effect.type !== "begin") return effect;
    const { operator, skips } = this.#controller.ui;
    return {
      ...effect,
      operator,
      skips,
      listener: (event, state) => {
        for (const line of eventLines(event, state)) this.#lines.print(line);
      },
    };
  }
}
