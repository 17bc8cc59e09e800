/** The steps of the shipped checklist that make up backup, restore and proof, as it gives them. */
import { fileURLToPath } from "node:url";
import { actions } from "../../source/actions/registry.ts";
import { expandInputs } from "../../source/checklist/expand.ts";
import type { Checklist, UsesStep } from "../../source/checklist/types.ts";
import { openChecklist } from "../../source/launch/checklist.ts";

const SHIPPED = fileURLToPath(
  new URL("../../checklists/database-backup-restore.yaml", import.meta.url),
);

/** What belongs to other parts of the drill, or undoes it. */
const ELSEWHERE = ["postgres/health", "postgres/drop-restore-database", "backup/prune"];

export interface DrillSteps {
  readonly steps: readonly UsesStep[];
  /** Default values of the checklist's variables. */
  readonly defaults: Readonly<Record<string, string>>;
}

export async function drillSteps(): Promise<DrillSteps> {
  const opened = await openChecklist(SHIPPED);
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
  return { steps: stepsOf(opened.value), defaults: defaultsOf(opened.value) };
}

function stepsOf(checklist: Checklist): readonly UsesStep[] {
  return checklist.sections
    .flatMap(({ items }) => items.flatMap(({ steps }) => steps))
    .filter((step) => step.kind === "uses")
    .filter(({ uses }) => /^(?:postgres|backup)\//u.test(uses) && !ELSEWHERE.includes(uses));
}

function defaultsOf(checklist: Checklist): Readonly<Record<string, string>> {
  return Object.fromEntries(checklist.variables.map((one) => [one.name, one.default ?? ""]));
}

export interface Prepared {
  readonly input: unknown;
  readonly action: NonNullable<ReturnType<typeof actions.get>>;
}

export function prepareStep(step: UsesStep, values: Readonly<Record<string, string>>): Prepared {
  const action = actions.get(step.uses);
  const inputs = expandInputs(step.with, values);
  if (action === undefined || inputs.missing !== undefined) {
    throw new Error(`${step.id}: ${step.uses} cannot be prepared: ${inputs.missing?.join()}`);
  }
  return { action, input: action.inputs.parse(inputs.text) };
}

/** Whether its variables ask for it; capabilities and files are of other parts of the drill. */
export function applies(step: UsesStep, values: Readonly<Record<string, string>>): boolean {
  const { set, equals = {} } = step.when ?? {};
  if (set !== undefined && (values[set] ?? "") === "") return false;
  return Object.entries(equals).every(([name, value]) => values[name] === value);
}
