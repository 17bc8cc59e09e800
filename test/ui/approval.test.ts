/** Where a checklist asks for an approver, the operator's signature is not shown as the last one. */
import { expect, test } from "vitest";
import { waitFor } from "../helpers/wait-for.ts";
import { CHECKLIST } from "./checklist.ts";
import { begun, planFor, planned, upTo } from "./fixture.ts";
import { openUi } from "./open.ts";
import { ScriptedEngine, ScriptedLaunch, startCommand } from "./scripted.ts";

const TAB = "\t";
const CTRL_D = "\x04";
const ID = "drill-20261122-143000-ab12";

test("plan, sign-off, summary and farewell say who has to sign next, and how", async () => {
  const plan = planFor({ ...CHECKLIST, approval: "required" });
  const engine = upTo(begun(plan), plan, "(the end)").take({ type: "end-drill" });
  const launch = new ScriptedLaunch(planned(plan), engine);
  const ui = openUi(launch, { columns: 220, rows: 50, now: () => engine.now });
  await ui.shows("somebody else signs the entry, too");
  await ui.keys("b");
  await ui.shows("Enter: sign off");
  await ui.keys("\r");
  await ui.shows("Approval is required");
  await ui.shows(`restore-drill log approve ${ID} --as NAME --key FILE`);
  await ui.keys(TAB, TAB, TAB, TAB, TAB, "Kim", CTRL_D);
  await waitFor(() => expect(engine.drill.phase).toBe("signing"));
  engine.take({ type: "report-signed", entry: { id: ID, hash: "5e", log: "/log.jsonl" } });
  const screen = (await ui.shows("is not signed off in full yet")).join("\n");
  expect(screen).not.toContain("approved by");
  await ui.keys("q");
  const { farewell } = await ui.outcome;
  expect(farewell).toContain(`Awaiting approval: ${ID}`);
  expect(farewell).toContain(`restore-drill log approve ${ID} --as NAME --key FILE`);
});

test("the name that the drill asked for stands in the sign-off already", async () => {
  const plan = planFor({ ...CHECKLIST, approval: "required" });
  const named = new ScriptedEngine().take({
    ...startCommand(plan),
    values: { APPROVER: "Kim Bee" },
  });
  const engine = upTo(named, plan, "(the end)").take({ type: "end-drill" });
  const ui = openUi(new ScriptedLaunch(planned(plan), engine), {
    ...{ columns: 40, rows: 12, now: () => engine.now },
  });
  await ui.keys("b");
  await ui.shows("Enter: sign off");
  await ui.keys("\r", TAB, TAB, TAB, TAB, TAB);
  await ui.shows("Kim Bee");
  await ui.keys(CTRL_D);
  await waitFor(() => expect(engine.drill.signOff?.approver).toBe("Kim Bee"));
});
