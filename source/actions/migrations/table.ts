/** Reads `_prisma_migrations` of one database. */
import type { Session } from "../../postgres/session.ts";
import { fail, ok, type Result } from "../../problem.ts";
import type { MigrationRow } from "./comparison.ts";

const FIND_TABLE = `
  select n.nspname as schema, pg_catalog.quote_ident(n.nspname) as quoted
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relname = '_prisma_migrations' and c.relkind in ('r', 'p')
  order by n.nspname <> 'public', n.nspname`;

export async function readMigrationTable(
  session: Session,
  database: string,
): Promise<Result<readonly MigrationRow[]>> {
  const found = await session.query(FIND_TABLE);
  if (!found.ok) return found;
  const [table, ...others] = found.value;
  if (table === undefined) {
    return fail({
      code: "failed",
      message: `Database ${database} has no table _prisma_migrations, so Prisma never migrated it.`,
      hint: "Check that the right database was dumped, and that migrations run with Prisma here.",
    });
  }
  if (table.schema !== "public" && others.length > 0) {
    const schemas = found.value.map((row) => row.schema).join(", ");
    return fail({
      code: "failed",
      message: `Database ${database} has several tables _prisma_migrations, in ${schemas}.`,
      hint: "Compare them by hand with `prisma migrate status`; this check cannot tell which one counts.",
    });
  }
  const rows = await session.query(
    `select migration_name as name, checksum,
       finished_at is not null as finished, rolled_back_at is not null as rolled_back
     from ${table.quoted}._prisma_migrations
     order by started_at`,
  );
  if (!rows.ok) return rows;
  return ok(
    rows.value.map((row) => ({
      name: row.name ?? "",
      checksum: row.checksum ?? "",
      finished: row.finished === "t",
      rolledBack: row.rolled_back === "t",
    })),
  );
}
