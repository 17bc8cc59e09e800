import { expect, it } from "vitest";
import { catalogueOf } from "../../source/actions/catalogue.ts";
import { planStep, preflightStep, variablesSetBy } from "../../source/actions/plan.ts";
import { actionCatalogue, actions } from "../../source/actions/registry.ts";
import { runStep } from "../helpers/checklist.ts";
import { stubTarget } from "../helpers/step-world.ts";
import { fine, testAction } from "../helpers/test-action.ts";
import { usesStep } from "../helpers/uses-step.ts";

const context = (variables: Readonly<Record<string, string>>) => ({
  target: stubTarget({ secrets: ["hunter22"] }),
  restoreDatabase: "r",
  variables,
});

it("plans commands, with what is not known yet as it is written", () => {
  const given = testAction(fine);
  const step = usesStep("test/action", { name: "${LATER} hunter22", port: "${PORT}" });
  expect(planStep(step, context({ PORT: "81" }), given)).toEqual({
    commands: ["do ${LATER} •••• on 81"],
  });
  expect(planStep(step, context({ LATER: "", PORT: "" }), given).commands).toHaveLength(1);
  expect(planStep(runStep({ id: "s", run: 'head "$FILE"' }), context({}))).toEqual({
    commands: ['head "$FILE"'],
  });
});

it("plans no verdict on what an earlier step may still give", () => {
  const given = testAction(fine, {
    notApplicable: ({ name }) => (name === "" ? "empty" : "given"),
  });
  const later = usesStep("test/action", { name: "${LATER}" });
  expect(planStep(later, context({ LATER: "" }), given).notApplicable).toBeUndefined();
  expect(planStep(later, context({ LATER: "x" }), given).notApplicable).toBe("given");
  const when = { set: "LATER" };
  expect(planStep({ ...later, when }, context({}), given).notApplicable).toBeUndefined();
  expect(planStep({ ...later, when: { has: ["app"] } }, context({}), given).notApplicable).toBe(
    "This environment has no app.",
  );
});

it("plans a verdict on what no earlier step gives", () => {
  const given = testAction(fine, { notApplicable: () => "empty" });
  const pending = new Set(variablesSetBy({ ...runStep({ id: "s" }), capture: "LATER" }));
  const planned = (name: string) =>
    planStep(
      { ...runStep({ id: "t" }), when: { set: name } },
      { ...context({ LATER: "", NEVER: "" }), pending },
    ).notApplicable;
  expect(planned("LATER")).toBeUndefined();
  expect(planned("NEVER")).toBe("NEVER is not set");
  const never = usesStep("test/action", { name: "x${NEVER}" });
  const now = { ...context({ NEVER: "" }), pending };
  expect(planStep(never, now, given).notApplicable).toBe("empty");
  expect(variablesSetBy(never, given)).toEqual(["OUT"]);
});

it("finds problems before the drill starts, but not in what is not known yet", async () => {
  const found = { code: "refused", message: "no" } as const;
  const given = testAction(fine, { preflight: async () => [found] });
  const look = (name: string, variables = {}) =>
    preflightStep(usesStep("test/action", { name }), context(variables), given);
  expect(await look("x")).toEqual([found]);
  expect(await look("${LATER}")).toEqual([]);
  expect(await look("${LATER}", { LATER: "" })).toEqual([]);
  expect(await look("")).toMatchObject([{ code: "invalid" }]);
});

it("describes every action for the checklist loader", () => {
  expect(catalogueOf(testAction(fine).values())).toEqual({
    "test/action": {
      about: "Tests.",
      besidePrimary: false,
      inputs: {
        name: { about: "A name.", required: true },
        port: { about: "A port.", required: false },
        nested: { about: "Anything.", required: false },
      },
      outputs: { OUT: "What comes out" },
    },
  });
  const catalogue = actionCatalogue();
  expect(Object.keys(catalogue).sort()).toEqual([...actions.keys()].sort());
  for (const [name, { about, inputs: given, outputs }] of Object.entries(catalogue)) {
    expect(about, name).toMatch(/\S.*\.$/);
    for (const input of Object.values(given)) expect(input.about, name).not.toBe("");
    for (const output of Object.keys(outputs)) expect(output).toMatch(/^[A-Z][A-Z0-9_]*$/);
  }
});
