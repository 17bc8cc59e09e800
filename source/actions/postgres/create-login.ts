import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { z } from "zod";
import { openSession } from "../../postgres/connect.ts";
import { display } from "../../postgres/display.ts";
import { createRoleStatement } from "../../postgres/drill-role.ts";
import { reasonOf } from "../../postgres/file-errors.ts";
import { quoteIdent, showName, validateName } from "../../postgres/identifiers.ts";
import { restoreNameProblem, withMaintenance } from "../../postgres/maintenance.ts";
import { scramVerifier } from "../../postgres/scram.ts";
import { runAll, withSession } from "../../postgres/with-session.ts";
import { fail, ok, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { passed, stopped } from "../outcome.ts";
import { digestOf } from "../undo-role.ts";

const inputs = z.strictObject({
  database: z.string().describe("The restore database."),
  role: z.string().describe("Name of the login role to make; must not exist."),
  file: z.string().min(1).describe("File for its password; must not exist. Removed with the role."),
});

type Input = z.output<typeof inputs>;

export const createLoginAction = defineAction({
  name: "postgres/create-login",
  about:
    "Makes a login role with a random password for the restore database, grants it the app's rights there, and logs in with it.",
  besidePrimary: true,
  inputs,
  outputs: {},
  notApplicable: (_input, { target }) =>
    target.summary.target === "direct" ? undefined : "only a direct server is logged in to anew",
  plan: ({ role, file }) => [
    `write a random password to ${display(file)} (mode 0600)`,
    `CREATE ROLE ${quoteIdent(role)} LOGIN PASSWORD 'SCRAM-SHA-256$...'`,
  ],
  run: create,
});

async function create(input: Input, context: ActionContext): Promise<ActionResult> {
  const { target, drill, signal } = context;
  const { role, database } = input;
  const valid = validateName(role, "role name");
  if (!valid.ok) return stopped(valid.problem);
  const place = restoreNameProblem(target, database);
  if (!place.ok) return stopped(place.problem);
  const free = await isFree(role, context);
  if (!free.ok) return stopped(free.problem);
  const password = randomBytes(32).toString("hex");
  const file = resolve(target.project, input.file);
  const made = { role, database, drill: drill.id };
  const id = `role ${role} (${digestOf(password).slice(0, 12)})`;
  await context.register({
    id,
    kind: "role",
    label: `role ${showName(role)}`,
    undo: { ...made, file, digest: digestOf(password) },
  });
  const written = await writeSecret(file, password);
  if (!written.ok) {
    await context.release(id, "it was never made");
    return stopped(written.problem);
  }
  await context.command(createRoleStatement(made, "SCRAM-SHA-256$..."));
  const created = await withMaintenance(target, { purpose: "making a role", signal }, (session) =>
    session.query(createRoleStatement(made, scramVerifier(password))),
  );
  if (!created.ok) return stopped(created.problem);
  const granted = await grant(input, context);
  if (!granted.ok) return stopped(granted.problem);
  const tables = await logIn(input, context, password);
  if (!tables.ok) return stopped(tables.problem);
  return {
    ok: true,
    checks: [passed(`Role ${showName(role)}`, `logs in, ${tables.value} tables readable`)],
  };
}

/** Before anything is owed: somebody else's role must never be on the list of what to undo. */
function isFree(role: string, { target, signal }: ActionContext): Promise<Result<void>> {
  return withMaintenance(target, { purpose: "looking", signal }, async (session) => {
    const found = await session.query(
      "SELECT 1 AS one FROM pg_catalog.pg_roles WHERE rolname = $1",
      [role],
    );
    if (!found.ok) return found;
    if (found.value.length === 0) return ok(undefined);
    return fail({
      code: "refused",
      message: `Role ${showName(role)} exists already, so nothing was made.`,
      hint: "Choose another name for the role.",
    });
  });
}

async function writeSecret(file: string, password: string): Promise<Result<void>> {
  try {
    await writeFile(file, password, { flag: "wx", mode: 0o600 });
    return ok(undefined);
  } catch (error) {
    return fail({
      code: "refused",
      message: `The password file ${display(file)} could not be made: ${reasonOf(error)}.`,
      hint: "Choose a file that does not exist, in a directory that does.",
    });
  }
}

function grant(
  { database, role }: Input,
  { target, signal }: ActionContext,
): Promise<Result<void>> {
  const options = { database, role: "restore", purpose: "granting", signal } as const;
  return withSession(target, options, async (session) => {
    const schemas = await session.query(
      "SELECT nspname::text AS name FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'",
    );
    if (!schemas.ok) return schemas;
    const to = `TO ${quoteIdent(role)}`;
    const statements = schemas.value.flatMap(({ name }) => {
      const schema = quoteIdent(name ?? "");
      return [
        `GRANT USAGE ON SCHEMA ${schema} ${to}`,
        `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} ${to}`,
        `GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA ${schema} ${to}`,
      ];
    });
    return runAll(session, [
      `GRANT CONNECT ON DATABASE ${quoteIdent(database)} ${to}`,
      ...statements,
    ]);
  });
}

/** How many tables it can read; one that it cannot is an error. */
async function logIn(
  { database, role }: Input,
  { target, signal }: ActionContext,
  password: string,
): Promise<Result<number>> {
  const { PRIMARY_HOST: host = "", PRIMARY_PORT: port = "" } = target.variables;
  const opened = await openSession(
    { host, port: Number(port), user: role, password },
    { database, role: "restore", purpose: "trying a login" },
    signal,
  );
  if (!opened.ok) return opened;
  const rows = await opened.value.query(
    "SELECT count(*)::text AS n, count(*) FILTER (WHERE NOT pg_catalog.has_table_privilege(oid, 'SELECT'))::text AS denied FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p') AND relnamespace IN (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')",
  );
  await opened.value.close();
  if (!rows.ok) return rows;
  const denied = rows.value[0]?.denied ?? "";
  if (denied === "0") return ok(Number(rows.value[0]?.n));
  return fail({
    code: "failed",
    message: `Role ${showName(role)} logs in, but may not read ${denied} tables.`,
    hint: "The environment's user must own them to grant rights on them.",
  });
}
