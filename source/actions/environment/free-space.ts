import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import { formatBytes } from "../../drill/units.ts";
import { fail, ok, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";

/** A restore rebuilds indexes and writes WAL, so it needs more room than the primary takes now. */
const DATA_FACTOR = 1.2;
const BACKUP_FACTOR = 1;
const SIZE_SQL = "select pg_catalog.pg_database_size(pg_catalog.current_database()) as bytes";

export const freeSpaceAction = defineAction({
  name: "environment/free-space",
  about: "Compares free space, where the backup and the restore go, with the primary's size.",
  inputs: z.strictObject({}),
  outputs: {},
  plan: () => [SIZE_SQL],
  run: (_input, context) => freeSpace(context),
});

async function freeSpace(context: ActionContext): Promise<ActionResult> {
  await context.command(SIZE_SQL);
  const size = await primarySize(context);
  if (!size.ok) return { ok: false, problem: size.problem, checks: [] };
  const bytes = size.value;
  const checks = [
    await look("backups", bytes * BACKUP_FACTOR, context),
    await look("data", bytes * DATA_FACTOR, context),
  ];
  const measurements = { databaseBytes: bytes };
  const failed = checks.filter(({ status }) => status === "failed");
  if (failed.length === 0) return { ok: true, checks, measurements };
  const told = failed.map(
    ({ title, observed, expected }) => `${title}: ${observed}, ${expected} needed`,
  );
  return {
    ok: false,
    checks,
    measurements,
    problem: {
      code: "failed",
      message: `There is not enough free space. ${told.join("; ")}.`,
      hint: "Free some space there, or move the backups elsewhere in restore-drill.yaml.",
    },
  };
}

async function look(
  where: "backups" | "data",
  needed: number,
  { target }: ActionContext,
): Promise<Check> {
  const what = where === "backups" ? "Free space for the backup" : "Free space for the restore";
  const free = await target.freeSpace(where);
  if (!free.ok)
    return { title: what, status: "info", observed: `not known: ${free.problem.message}` };
  const { bytes, place } = free.value;
  return {
    title: what,
    status: bytes >= needed ? "passed" : "failed",
    expected: `at least ${formatBytes(needed)}`,
    observed: `${formatBytes(bytes)} in ${place}`,
  };
}

async function primarySize({ target }: ActionContext): Promise<Result<number>> {
  const opened = await target.connect({
    database: target.summary.database,
    role: "primary",
    purpose: "size",
  });
  if (!opened.ok) return opened;
  try {
    const answer = await opened.value.query(SIZE_SQL);
    if (!answer.ok) return answer;
    const bytes = Number(answer.value[0]?.bytes ?? Number.NaN);
    if (Number.isFinite(bytes)) return ok(bytes);
    return fail({
      code: "failed",
      message: `The server did not tell the size of database ${target.summary.database}.`,
    });
  } finally {
    await opened.value.close();
  }
}
