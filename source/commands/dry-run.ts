/** `--dry-run`: the resolved plan, every command, secrets masked; nothing runs. */
import { effectTexts } from "../checklist/effects.ts";
import { fitOf, type Item, type Step } from "../checklist/types.ts";
import type { Launch, Plan, PlanStep } from "../engine/interface.ts";
import { complain, complainAll, err, out } from "./terminal.ts";

export async function printPlan(launch: Launch, json: boolean): Promise<number> {
  try {
    const opened = await launch.opened();
    if (opened.status === "refused") return complain(opened.problem);
    if (opened.status === "opening") return 1;
    const { plan, problems } = opened;
    out(json ? JSON.stringify({ plan, problems }, undefined, 2) : planText(plan));
    if (problems.length > 0) err("This drill would not start:");
    return complainAll(problems);
  } finally {
    await launch.close();
  }
}

function planText(plan: Plan): string {
  const { checklist, environment, restoreDatabase, backupDirectory, operator } = plan;
  const facts = [
    checklist.title,
    "",
    `  environment       ${environment.name} (${environment.target})`,
    `  made for          ${fitOf(checklist).join(" and ")}`,
    `  primary           ${environment.database} on ${environment.server.address}, PostgreSQL ${environment.server.version}, read only`,
    `  restore database  ${restoreDatabase}`,
    `  backups           ${backupDirectory}`,
    `  operator          ${operator}`,
    ...(checklist.approval === undefined
      ? []
      : ["  approval          required: somebody else signs the entry, too"]),
    ...plan.variables.map(({ declaration, value }) => `  ${declaration.name}=${value}`),
  ];
  const sections = checklist.sections.flatMap(({ title, items }) => [
    "",
    title,
    ...items.flatMap((item) => itemLines(item, plan)),
  ]);
  return [...facts, ...sections].join("\n");
}

function itemLines(item: Item, plan: Plan): readonly string[] {
  const optional = item.optional ? " (optional)" : "";
  return [
    `  ${item.title}${optional}`,
    ...item.steps.flatMap((step) => stepLines(step, plan.steps[step.id])),
  ];
}

function stepLines(step: Step, planned: PlanStep | undefined): readonly string[] {
  const optional = step.optional ? " (optional)" : "";
  const title = `    ${step.id}: ${step.title}${optional}`;
  if (planned?.notApplicable !== undefined) {
    return [title, `      not applicable: ${planned.notApplicable}`];
  }
  const how = step.kind === "confirm" ? ["a human confirms it"] : (planned?.commands ?? []);
  const effects = effectTexts(planned?.effects ?? {}).map((text) => `      ${text}`);
  return [
    title,
    ...effects,
    ...how.flatMap((command) => command.split("\n")).map((line) => `      $ ${line}`),
  ];
}
