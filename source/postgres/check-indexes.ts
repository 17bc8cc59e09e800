/**
 * Looks for rows that an index lacks, with the extension amcheck. It is made in a transaction that
 * is rolled back, so that nothing of it stays, not even after a crash.
 */
import { ok, type Problem, type Result } from "../problem.ts";
import { displayQualified } from "./display.ts";
import { quoteIdent, quoteLiteral } from "./identifiers.ts";
import type { Row, Session } from "./session.ts";
import { isTrue, numberOf, oneRow, runAll, textOf } from "./with-session.ts";

export type IndexesChecked =
  | NotPossible
  | {
      readonly possible: true;
      readonly version: string;
      readonly indexes: number;
      readonly bytes: number;
      readonly bad: readonly { readonly index: string; readonly why: string }[];
    };

export interface IndexWatch {
  /** Right before an index is read. */
  onIndex(index: IndexAhead): void;
}

export interface IndexAhead {
  readonly name: string;
  readonly bytes: number;
  /** Counted from 1. */
  readonly number: number;
  readonly indexes: number;
  /** Bytes of those before it, and of all. */
  readonly done: number;
  readonly total: number;
}

const SCHEMA = "restore_drill_amcheck";

const EXTENSION = `SELECT a.name::text AS name, a.default_version::text AS version,
  n.nspname::text AS installed_in, e.extversion::text AS installed
FROM (SELECT 1) one
LEFT JOIN pg_catalog.pg_available_extensions a ON a.name = 'amcheck'
LEFT JOIN pg_catalog.pg_extension e ON e.extname = 'amcheck'
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace`;

/** Those of partitioned tables hold nothing themselves. */
const INDEXES = `SELECT n.nspname::text AS schema, c.relname::text AS name, c.oid::text AS oid,
  pg_catalog.pg_relation_size(c.oid)::text AS bytes, (i.indisvalid AND i.indisready)::text AS valid
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_am m ON m.oid = c.relam
WHERE m.amname = 'btree' AND c.relkind = 'i' AND c.relpersistence <> 't'
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;

/** Errors: the database cannot be read. What amcheck cannot do here is no error. */
export function checkIndexes(session: Session, watch: IndexWatch): Promise<Result<IndexesChecked>> {
  return withAmcheck(session, (schema, extension) =>
    checkAll(session, { schema, extension, watch }),
  );
}

/** Why amcheck cannot be used here; undefined when it can. */
export async function whyNoAmcheck(session: Session): Promise<Result<string | undefined>> {
  const tried = await withAmcheck(session, async () => ok({ possible: true as const }));
  if (!tried.ok) return tried;
  return ok(tried.value.possible ? undefined : tried.value.reason);
}

interface NotPossible {
  readonly possible: false;
  readonly reason: string;
}

async function withAmcheck<T>(
  session: Session,
  use: (schema: string, extension: Row) => Promise<Result<T>>,
): Promise<Result<T | NotPossible>> {
  const found = await oneRow(session, EXTENSION);
  if (!found.ok) return found;
  // Read committed: with an older snapshot it could not judge indexes that were just built.
  const begun = await runAll(session, [
    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
    "SET LOCAL search_path = pg_catalog",
  ]);
  if (!begun.ok) return begun;
  const schema = await provide(session, found.value);
  const checked = schema.ok ? await use(schema.value, found.value) : notPossible(schema.problem);
  const undone = await session.query("ROLLBACK");
  return undone.ok || !checked.ok ? checked : undone;
}

/** The schema that amcheck's functions are in. */
async function provide(session: Session, extension: Row): Promise<Result<string>> {
  const installedIn = textOf(extension, "installed_in");
  if (installedIn !== "") return usable(session, installedIn);
  if (textOf(extension, "name") === "") {
    return { ok: false, problem: { code: "unusable", message: "the server does not have it" } };
  }
  const made = await runAll(session, [
    `CREATE SCHEMA ${SCHEMA}`,
    `CREATE EXTENSION amcheck WITH SCHEMA ${SCHEMA}`,
  ]);
  return made.ok ? usable(session, SCHEMA) : made;
}

/** Without the right to call it, every index would look bad. */
async function usable(session: Session, schema: string): Promise<Result<string>> {
  const call = `${quoteIdent(schema)}.bt_index_check(pg_catalog.regclass, boolean)`;
  const may = await oneRow(
    session,
    `SELECT pg_catalog.has_function_privilege(${quoteLiteral(call)}, 'EXECUTE')::text AS may`,
  );
  if (!may.ok) return may;
  if (isTrue(may.value, "may")) return ok(schema);
  return {
    ok: false,
    problem: { code: "unusable", message: "this user may not call its bt_index_check" },
  };
}

function notPossible(problem: Problem): Result<NotPossible> {
  const { sqlstate } = problem.details ?? {};
  if (problem.code === "unusable" && sqlstate !== undefined) return { ok: false, problem };
  if (problem.code === "interrupted") return { ok: false, problem };
  const reason = sqlstate === "42501" ? "only a superuser may create it" : problem.message;
  return ok({ possible: false, reason });
}

interface Checking {
  readonly schema: string;
  readonly extension: Row;
  readonly watch: IndexWatch;
}

async function checkAll(
  session: Session,
  { schema, extension, watch }: Checking,
): Promise<Result<IndexesChecked>> {
  const listed = await session.query(INDEXES);
  if (!listed.ok) return listed;
  const total = listed.value.reduce((sum, row) => sum + numberOf(row, "bytes"), 0);
  const bad: { index: string; why: string }[] = [];
  let done = 0;
  const indexes = listed.value.length;
  for (const [at, row] of listed.value.entries()) {
    const index = displayQualified(textOf(row, "schema"), textOf(row, "name"));
    const bytes = numberOf(row, "bytes");
    watch.onIndex({ name: index, bytes, number: at + 1, indexes, done, total });
    const why = await checkOne(session, schema, row);
    if (!why.ok) return why;
    if (why.value !== undefined) bad.push({ index, why: why.value });
    done += bytes;
  }
  const version = textOf(extension, "installed") || textOf(extension, "version");
  return ok({ possible: true, version, indexes, bytes: total, bad });
}

/** Server errors that stand for the session, not for the index. */
const NOT_OF_THE_INDEX = ["08006", "57014", "57P01", "57P02", "57P03"];

/** What is wrong with it; undefined when nothing is. */
async function checkOne(
  session: Session,
  schema: string,
  row: Row,
): Promise<Result<string | undefined>> {
  if (!isTrue(row, "valid")) return ok("it is marked invalid, so nothing uses it");
  const saved = await session.query("SAVEPOINT one");
  if (!saved.ok) return saved;
  const oid = `${quoteLiteral(textOf(row, "oid"))}::pg_catalog.regclass`;
  const checked = await session.query(`SELECT ${quoteIdent(schema)}.bt_index_check(${oid}, true)`);
  if (checked.ok) {
    const released = await session.query("RELEASE SAVEPOINT one");
    return released.ok ? ok(undefined) : released;
  }
  if (NOT_OF_THE_INDEX.includes(checked.problem.details?.sqlstate ?? "08006")) return checked;
  const undone = await session.query("ROLLBACK TO SAVEPOINT one; RELEASE SAVEPOINT one");
  return undone.ok ? ok(checked.problem.message) : undone;
}
