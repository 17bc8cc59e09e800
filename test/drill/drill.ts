import { expect } from "vitest";
import type { Step } from "../../source/checklist/types.ts";
import type { DrillCommand } from "../../source/drill/commands.ts";
import { decide } from "../../source/drill/decide.ts";
import type { DrillEvent } from "../../source/drill/events.ts";
import { evolve } from "../../source/drill/evolve.ts";
import { isRefusal } from "../../source/drill/refuse.ts";
import { type DrillState, UNSTARTED } from "../../source/drill/state.ts";
import { EMPTY_REPORT } from "../../source/drill/types.ts";
import { checklistOf, headerOf } from "../helpers/checklist.ts";

type Unstamped<T> = T extends unknown ? Omit<T, "at"> : never;

/** A drill in memory: gives commands, keeps every event. */
export class TestDrill {
  state: DrillState = UNSTARTED;
  readonly events: DrillEvent[] = [];
  private tick = 0;

  static started(...steps: readonly Step[]): TestDrill {
    const drill = new TestDrill();
    drill.take({
      type: "start-drill",
      drill: headerOf(checklistOf(...steps)),
      values: {},
      notApplicable: {},
      skips: {},
    });
    return drill;
  }

  /** Gives a command that must be taken. */
  take(command: Unstamped<DrillCommand>): this {
    const decision = this.decide(command);
    expect(decision, `${command.type} was refused`).not.toHaveProperty("message");
    if (isRefusal(decision)) return this;
    for (const event of decision) {
      this.events.push(event);
      this.state = evolve(this.state, event);
    }
    return this;
  }

  /** Gives a command that must be refused, and returns why. */
  refused(command: Unstamped<DrillCommand>): string {
    const decision = this.decide(command);
    if (!isRefusal(decision)) throw new Error(`${command.type} was taken`);
    return decision.message;
  }

  pass(step: string, values: Record<string, string> = {}): this {
    this.take({ type: "start-step", step });
    const attempt = this.attempt(step);
    return this.take({ type: "report-passed", step, attempt, report: { ...EMPTY_REPORT, values } });
  }

  fail(step: string): this {
    this.take({ type: "start-step", step });
    const failure = { message: `${step} broke` };
    return this.take({
      type: "report-failed",
      step,
      attempt: this.attempt(step),
      report: EMPTY_REPORT,
      failure,
    });
  }

  attempt(step: string): number {
    return this.state.steps[step]?.attempts.length ?? 0;
  }

  status(step: string): string {
    return this.state.steps[step]?.state.status ?? "pending";
  }

  private decide(command: Unstamped<DrillCommand>) {
    this.tick += 1;
    const at = new Date(Date.UTC(2026, 10, 22, 14, 30, this.tick)).toISOString();
    return decide(this.state, { ...command, at } as DrillCommand);
  }
}
