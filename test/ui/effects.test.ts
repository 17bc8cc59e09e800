/** What a step makes, costs and destroys is said before it happens: in its panel and in the plan. */
import { expect, it } from "vitest";
import type { Step } from "../../source/checklist/types.ts";
import type { Plan } from "../../source/engine/interface.ts";
import { effectRows, plannedEffectRows, titled } from "../../source/ui/model/effects.ts";
import { CHECKLIST } from "./checklist.ts";

const lines = (rows: ReturnType<typeof effectRows>) =>
  rows.map((row) =>
    row
      .map(({ text }) => text)
      .join("")
      .trimEnd(),
  );

const make: Step = {
  ...{ kind: "run", id: "make", title: "Make it", run: "true", optional: false, always: false },
  ...{ makes: "an instance", costs: "instance hours", removedBy: "remove" },
};
const remove: Step = {
  ...{ kind: "uses", id: "remove", title: "Delete the instance", uses: "drill/undo", with: {} },
  ...{ optional: false, always: true, destroys: "the instance" },
};
const checklist = {
  ...CHECKLIST,
  sections: [
    { title: "S", items: [{ id: "i", title: "I", optional: false, steps: [make, remove] }] },
  ],
};
const planned = { commands: [], effects: make };

it("names the step that removes it by its title", () => {
  expect(lines(effectRows(titled(make, checklist), 80))).toEqual([
    "Makes       an instance",
    "Costs       instance hours",
    "Removed by  Delete the instance",
  ]);
});

it("is in the plan, but for steps that do not apply", () => {
  const plan: Plan = {
    checklist,
    environment: {
      ...{ name: "x", target: "direct", database: "d" },
      server: { address: "a", version: "15", systemIdentifier: "1" },
    } as const,
    ...{ operator: "o", restoreDatabase: "r", backupDirectory: "b", variables: [] },
    steps: { make: planned, remove: { commands: [], effects: remove } },
  };
  const told = lines(plannedEffectRows(plan, 80)).join("\n");
  expect(told).toContain("Makes       an instance");
  expect(told).toContain("Destroys    the instance");
  const away = { ...plan, steps: { make: { ...planned, notApplicable: "no cloud" } } };
  expect(plannedEffectRows(away, 80)).toEqual([]);
});
