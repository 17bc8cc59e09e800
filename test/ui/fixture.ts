/** The checklist planned and at several points of a drill. */
import type { Checklist } from "../../source/checklist/types.ts";
import { stepsInOrder } from "../../source/drill/state.ts";
import type { LaunchState, Plan } from "../../source/engine/interface.ts";
import type { Problem } from "../../source/problem.ts";
import { CHECKLIST } from "./checklist.ts";
import { ScriptedEngine, startCommand } from "./scripted.ts";

/** Scripts of the project are not there, as in the practice environment. */
export function planFor(checklist: Checklist = CHECKLIST): Plan {
  const steps = Object.fromEntries(
    stepsInOrder(checklist.sections).map(({ step }) => [
      step.id,
      {
        commands:
          step.kind === "run" ? [step.run] : step.kind === "uses" ? [`-- ${step.uses}`] : [],
        ...(step.when?.script === undefined
          ? {}
          : { notApplicable: `The project has no npm script "${step.when.script}".` }),
      },
    ]),
  );
  return {
    checklist,
    environment: {
      name: "staging",
      target: "compose",
      database: "ringrift",
      server: {
        address: "127.0.0.1:5432",
        version: "15.18 (Debian 15.18-1.pgdg12+1)",
        systemIdentifier: "7000000000000000001",
      },
    },
    operator: "Robin",
    restoreDatabase: "ringrift_restore_drill",
    backupDirectory: "/opt/ringrift/backups",
    variables: checklist.variables.map((declaration) => ({
      declaration,
      value: (declaration.default ?? "").replace("${PRIMARY_DB}", "ringrift"),
    })),
    steps,
  };
}

export const FOUND: NonNullable<Plan["found"]> = [
  { key: "service", value: "postgres", from: "its image is postgres:15" },
  { key: "database", value: "ringrift", from: "POSTGRES_DB of service postgres" },
  { key: "password", value: "••••", from: "POSTGRES_PASSWORD of service postgres" },
];

export const LEFTOVER: Problem = {
  code: "refused",
  message: 'The restore database "ringrift_restore_drill" exists already.',
  hint: "Choose another name, or drop it if a drill left it.",
  details: {
    database: "ringrift_restore_drill",
    owner: "ringrift",
    size: "159 MB",
    connections: "0",
    marker:
      'restore-drill: made by drill drill-20261101-090000-ff01 at 2026-11-01T09:00:00.000Z for a restore of "ringrift"; safe to drop when the drill is over',
  },
};

export function planned(plan: Plan, ...problems: readonly Problem[]): LaunchState {
  return { status: "planned", plan, problems };
}

export function begun(plan: Plan): ScriptedEngine {
  return new ScriptedEngine().take(startCommand(plan));
}

/** Passes, confirms or skips steps until one of the id is next. */
export function upTo(engine: ScriptedEngine, plan: Plan, until: string): ScriptedEngine {
  for (const { step } of stepsInOrder(plan.checklist.sections)) {
    if (step.id === until) return engine;
    const status = engine.drill.steps[step.id]?.state.status ?? "pending";
    if (status !== "pending") continue;
    engine.start(step.id);
    if (step.kind === "confirm") {
      const values = Object.fromEntries(
        step.ask.map(({ name, choices }) => [name, choices?.[0] ?? "42"]),
      );
      engine.take({ type: "confirm-step", step: step.id, done: true, values }, 30);
    } else {
      engine.pass(step.id, {
        checks: [{ title: "It holds", status: "passed", expected: "yes", observed: "yes" }],
      });
    }
  }
  return engine;
}
