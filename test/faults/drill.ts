/** Runs the product's own steps on a rig, as a drill does: up to the first that fails. */
import type { ActionResult } from "../../source/actions/action.ts";
import type { UsesStep } from "../../source/checklist/types.ts";
import type { Check } from "../../source/drill/types.ts";
import { record } from "../actions/postgres/support.ts";
import { HEALTHY_DRILL, type Lab, type LabWork, PRIMARY } from "./lab.ts";
import { type OpenRig, openRig } from "./rig.ts";
import { applies, drillSteps, prepareStep } from "./steps.ts";
import type { Kind, Moment, Outcome } from "./types.ts";

/** The first step of a drill of that kind; what lies before it is healthy and shared. */
export type Start = "backup" | "backed-up" | "restored";

export const START_OF: Readonly<Record<Kind, Start>> = {
  dump: "backup",
  primary: "backup",
  "backup-file": "backed-up",
  restore: "backed-up",
  restored: "restored",
};

const AFTER: Readonly<Record<string, Moment>> = {
  "postgres/create-restore-database": "created",
  "postgres/restore": "restored",
};
const BEFORE_RESTORED = ["backup/inspect", "postgres/create-restore-database", "postgres/restore"];

export async function runDrill(lab: Lab, rig: OpenRig, start: Start): Promise<Outcome> {
  const since = performance.now();
  await rig.reach("before");
  await begin(lab, rig, start);
  const { steps, defaults } = await drillSteps();
  const target = await rig.target();
  const values = { ...defaults, PRIMARY_DB: rig.primary, ...rig.variables };
  const current = { ...values, RESTORE_DB: rig.restore, BACKUP_FORMAT: rig.format };
  const recorded = record(target, {
    drill: rig.drill,
    async onCommand(text) {
      if (text.includes("--snapshot")) await rig.reach("dumping");
    },
  });
  const warnings: string[] = [];
  const ended = (told: readonly string[], step?: string): Outcome => ({
    ...{ passed: step === undefined, told, warnings, seconds: (performance.now() - since) / 1000 },
    ...(step === undefined ? {} : { step }),
  });
  for (const step of stepsFrom(steps, start)) {
    const variables = { ...current, BACKUP_FILE: rig.variables.BACKUP_FILE ?? rig.backup };
    if (!applies(step, variables)) continue;
    const { action, input } = prepareStep(step, variables);
    const context = { ...recorded.context, variables };
    if ((await action.notOffered?.(input, context)) !== undefined) continue;
    const result = await action.run(input, context);
    warnings.push(...linesOf(result.checks, "warning"));
    if (!result.ok) return ended(toldBy(result), step.uses);
    await after(rig, step.uses, result);
  }
  return ended([]);
}

async function begin(lab: Lab, rig: OpenRig, start: Start): Promise<void> {
  if (start === "backup") return;
  const file = await lab.healthyBackup(rig.format);
  if (start === "backed-up") {
    rig.copyBackup(file);
    await rig.reach("backed-up");
    return;
  }
  rig.adoptBackup(file);
  await lab.cloneRestored(rig.restore, rig.drill);
  await rig.reach("restored");
}

function stepsFrom(steps: readonly UsesStep[], start: Start): readonly UsesStep[] {
  if (start === "backup") return steps;
  const left = start === "restored" ? ["postgres/backup", ...BEFORE_RESTORED] : ["postgres/backup"];
  return steps.filter(({ uses }) => !left.includes(uses));
}

async function after(rig: OpenRig, uses: string, result: ActionResult): Promise<void> {
  if (uses === "postgres/backup") {
    rig.adoptBackup(result.values?.BACKUP_FILE ?? "");
    await rig.reach("backed-up");
  }
  const moment = AFTER[uses];
  if (moment !== undefined) await rig.reach(moment);
}

function toldBy(result: ActionResult): readonly string[] {
  const problem = result.ok ? [] : [result.problem.message];
  const differences = (result.proof?.differences ?? []).map(
    ({ object, expected, observed }) => `${object}: ${expected} expected, ${observed}`,
  );
  return [...problem, ...linesOf(result.checks, "failed"), ...differences];
}

function linesOf(checks: readonly Check[], status: Check["status"]): readonly string[] {
  return checks
    .filter((check) => check.status === status)
    .map(({ title, expected, observed }) => `${title}: ${expected ?? "-"} expected, ${observed}`);
}

async function stepOf(rig: OpenRig, uses: string): Promise<ActionResult> {
  const { steps, defaults } = await drillSteps();
  const step = steps.find((one) => one.uses === uses);
  if (step === undefined) throw new Error(`the shipped checklist has no ${uses}`);
  const values = { ...defaults, BACKUP_FORMAT: rig.format, RESTORE_DB: rig.restore };
  const variables = { ...values, BACKUP_FILE: rig.backup };
  const { action, input } = prepareStep(step, variables);
  const { context } = record(await rig.target(), { drill: HEALTHY_DRILL, variables });
  const result = await action.run(input, context);
  if (!result.ok)
    throw new Error(`${uses}: ${result.problem.message}\n${toldBy(result).join("\n")}`);
  return result;
}

/** Takes a backup in a drill of its own, and leaves it. */
export async function backUp(
  lab: Lab,
  database: string,
  format: OpenRig["format"] = "plain",
): Promise<string> {
  const rig = openRig(lab, { format, primary: database, backUp });
  const made = await stepOf(rig, "postgres/backup");
  return made.values?.BACKUP_FILE ?? "";
}

/** How the lab comes by what all drills share. */
export const labWork: LabWork = {
  takeBackup: (lab, format) => backUp(lab, PRIMARY, format),
  async restoreInto(lab, database) {
    const rig = openRig(lab, { restore: database, backUp });
    rig.adoptBackup(await lab.healthyBackup("plain"));
    await stepOf(rig, "postgres/create-restore-database");
    await stepOf(rig, "postgres/restore");
  },
};
