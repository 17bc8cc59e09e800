/** Runs one fault or one healthy drill, ours and the runbook's way, and judges both. */
import { backUp, runDrill, START_OF } from "./drill.ts";
import type { Lab } from "./lab.ts";
import { runLoad } from "./load.ts";
import { openRig } from "./rig.ts";
import { runRunbook } from "./runbook.ts";
import type { Fault, HealthyDrill, Outcome } from "./types.ts";

export interface Judged {
  readonly name: string;
  readonly kind: Fault["kind"] | "healthy";
  /** For a fault: noticed by name. For a healthy drill: passed. */
  readonly right: boolean;
  /** Something was noticed, but not what is wrong. */
  readonly nameless: boolean;
  /** For a fault: noticed. For a healthy drill: passed. */
  readonly runbookRight: boolean;
  readonly expected: string;
  readonly told: readonly string[];
  readonly seconds: number;
}

/** A drill or an injection that throws is wrong, too: it shows nothing. */
async function sound(
  { name, kind }: Pick<Judged, "name" | "kind">,
  judge: () => Promise<Judged>,
): Promise<Judged> {
  try {
    return await judge();
  } catch (error) {
    const told = [error instanceof Error ? `threw: ${error.stack ?? error.message}` : "threw"];
    const wrong = { right: false, nameless: false, runbookRight: false, seconds: 0 };
    return { name, kind, ...wrong, expected: "no throw", told };
  }
}

export function judgeFault(lab: Lab, fault: Fault): Promise<Judged> {
  return sound(fault, () => faulty(lab, fault));
}

export function judgeHealthy(lab: Lab, healthy: HealthyDrill): Promise<Judged> {
  return sound({ name: healthy.name, kind: "healthy" }, () => allWell(lab, healthy));
}

async function faulty(lab: Lab, fault: Fault): Promise<Judged> {
  const { name, kind, expect, notice } = fault;
  const start = START_OF[kind];
  const outcome = await withRig(lab, fault, (rig) => runDrill(lab, rig, start));
  const runbook = await withRig(lab, fault, (rig) => runRunbook(lab, rig, start));
  const told = notice === "warning" ? [...outcome.told, ...outcome.warnings] : outcome.told;
  const right = (notice === "warning" || !outcome.passed) && told.some((line) => expect.test(line));
  return {
    ...{ name, kind, right, nameless: !right && !outcome.passed, runbookRight: runbook.noticed },
    ...{ expected: String(expect), told: saidBy(outcome), seconds: outcome.seconds },
  };
}

async function withRig<T>(
  lab: Lab,
  fault: Fault,
  use: (rig: ReturnType<typeof openRig>) => Promise<T>,
): Promise<T> {
  const rig = openRig(lab, { format: fault.format, backUp });
  try {
    await fault.inject(rig);
    return await use(rig);
  } finally {
    await rig.close();
  }
}

async function allWell(lab: Lab, healthy: HealthyDrill): Promise<Judged> {
  const outcome = await drillHealthy(lab, healthy);
  const { name } = healthy;
  const runbook = healthy.load === undefined ? await runbookHealthy(lab, healthy) : true;
  return {
    ...{ name, kind: "healthy", right: outcome.passed, nameless: false, runbookRight: runbook },
    ...{ expected: "passes", told: saidBy(outcome), seconds: outcome.seconds },
  };
}

async function openHealthy(lab: Lab, { format, world, database = "" }: HealthyDrill) {
  if (world === undefined) return openRig(lab, { format, backUp });
  const primary = `healthy ${lab.next()}`;
  await lab.psql(`CREATE DATABASE "${primary}" OWNER ringrift TEMPLATE template0 ${database}`);
  await lab.psql(`SET SESSION AUTHORIZATION ringrift;\n${world}`, primary);
  const rig = openRig(lab, { format, primary, backUp });
  rig.afterwards(async () => void (await lab.psql(`DROP DATABASE "${primary}" WITH (FORCE)`)));
  return rig;
}

async function drillHealthy(lab: Lab, healthy: HealthyDrill): Promise<Outcome> {
  const rig = await openHealthy(lab, healthy);
  try {
    if (healthy.load !== undefined && healthy.world === undefined) await rig.ownPrimary();
    await healthy.prepare?.(rig);
    const load = runLoad(rig, healthy.load ?? []);
    rig.at("dumping", () => load.warm());
    rig.at("backed-up", () => load.stop());
    try {
      return await runDrill(lab, rig, "backup");
    } finally {
      await load.stop();
    }
  } finally {
    await rig.close();
  }
}

async function runbookHealthy(lab: Lab, healthy: HealthyDrill): Promise<boolean> {
  const rig = await openHealthy(lab, healthy);
  try {
    await healthy.prepare?.(rig);
    return !(await runRunbook(lab, rig, "backup")).noticed;
  } finally {
    await rig.close();
  }
}

function saidBy({ step, told, warnings }: Outcome): readonly string[] {
  const failed = told.map((line) => `${step}: ${line}`);
  return [...failed, ...warnings.map((line) => `warning: ${line}`)];
}
