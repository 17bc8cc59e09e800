import { resolve } from "node:path";
import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import { formatAmount } from "../../drill/units.ts";
import type { Target } from "../../environment/target.ts";
import { display } from "../../postgres/display.ts";
import type { Result } from "../../problem.ts";
import type { ActionContext, ActionResult, PlanContext } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { atCopy, optionalCopyInputs } from "../postgres/copy.ts";
import { compareMigrations, type MigrationComparison, type MigrationRow } from "./comparison.ts";
import { readMigrations } from "./directory.ts";
import { readMigrationTable } from "./table.ts";

const NAMES_SHOWN = 5;

const inputs = z.strictObject({
  database: z.string().min(1).describe("Database whose migrations are looked at."),
  ...optionalCopyInputs,
});

type Input = z.output<typeof inputs>;

export const migrationsCurrentAction = defineAction({
  name: "migrations/current",
  about: "Compares the project's Prisma migrations with those a database has applied.",
  inputs,
  outputs: {},
  needs: ["migrations"],
  plan: (input, context) => [commandOf(input, context)],
  run: (input, context) => atCopy(context, input, (target) => current(input, context, target)),
});

function commandOf({ database, host, port }: Input, context: PlanContext): string {
  const place = host === "" ? "" : ` at ${display(host)}:${port}`;
  return `compare ${directoryOf(context)} with _prisma_migrations in database ${database}${place}`;
}

function directoryOf({ target }: PlanContext): string {
  return resolve(target.project, target.variables.MIGRATIONS_DIR ?? "");
}

async function current(
  input: Input,
  context: ActionContext,
  target: Target,
): Promise<ActionResult> {
  const { database } = input;
  await context.command(commandOf(input, context));
  const files = await readMigrations(directoryOf(context));
  if (!files.ok) return { ok: false, problem: files.problem, checks: [] };
  const rows = await readRows(database, { target, signal: context.signal });
  if (!rows.ok) return { ok: false, problem: rows.problem, checks: [] };
  const comparison = compareMigrations(files.value, rows.value);
  const checks = checksOf(comparison, files.value.length);
  const failed = checks.filter(({ status }) => status === "failed");
  if (failed.length === 0) return { ok: true, checks };
  const told = failed.map(({ title, observed }) => `${title.toLowerCase()}: ${observed}`);
  return {
    ok: false,
    checks,
    problem: {
      code: "failed",
      message: `Database ${database} does not match the project's migrations: ${told.join("; ")}.`,
      hint: "Deploy the migrations (`npx prisma migrate deploy`) or check out the commit that runs here.",
    },
  };
}

async function readRows(
  database: string,
  { target, signal }: Pick<ActionContext, "target" | "signal">,
): Promise<Result<readonly MigrationRow[]>> {
  const opened = await target.connect({
    database,
    role: database === target.summary.database ? "primary" : "restore",
    purpose: "migrations",
  });
  if (!opened.ok) return opened;
  const session = opened.value;
  const stop = () => void session.cancel();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await readMigrationTable(session, database);
  } finally {
    signal.removeEventListener("abort", stop);
    await session.close();
  }
}

function checksOf(comparison: MigrationComparison, total: number): readonly Check[] {
  const { applied, missing, extra, changed, unfinished, withoutSql } = comparison;
  return [
    total === 0
      ? {
          title: "Migrations in the directory",
          status: "failed",
          expected: "at least one",
          observed: "none",
        }
      : {
          title: "Migrations applied",
          status: applied.length === total ? "passed" : "failed",
          expected: String(total),
          observed: String(applied.length),
        },
    ...listed("Not applied", missing),
    ...listed("Begun but not finished", unfinished),
    ...listed("Applied but not in the directory", extra),
    ...listed("Changed since they were applied", changed),
    ...listed("Without a migration.sql", withoutSql),
  ];
}

function listed(title: string, names: readonly string[]): readonly Check[] {
  if (names.length === 0) return [];
  const more = names.length - NAMES_SHOWN;
  const shown = names.slice(0, NAMES_SHOWN).join(", ");
  const observed =
    more > 0 ? `${shown} and ${more} more (${formatAmount(names.length, "migration")})` : shown;
  return [{ title, status: "failed", expected: "none", observed }];
}
