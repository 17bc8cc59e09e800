/** Reads from a restored database what the manifest says of its backup. */
import { ok, type Result } from "../../problem.ts";
import type { Session } from "../session.ts";
import { runAll } from "../with-session.ts";
import { listSequences, listTables } from "./catalogue.ts";
import type { Restored } from "./compare.ts";
import { COMPARING_SETTINGS, countRows } from "./counts.ts";
import { readSequences } from "./sequences.ts";

/** All of it in one snapshot; `onTable` hears how many of how many tables are counted. */
export async function readRestored(
  session: Session,
  onTable: (done: number, total: number) => void,
): Promise<Result<Restored>> {
  const begun = await runAll(session, [
    ...COMPARING_SETTINGS,
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
  ]);
  if (!begun.ok) return begun;
  const listed = await listTables(session);
  if (!listed.ok) return listed;
  const tables = await countRows(session, listed.value, (done) =>
    onTable(done, listed.value.length),
  );
  if (!tables.ok) return tables;
  const found = await listSequences(session);
  if (!found.ok) return found;
  const sequences = await readSequences(session, found.value);
  if (!sequences.ok) return sequences;
  const ended = await session.query("COMMIT");
  return ended.ok ? ok({ tables: tables.value, sequences: sequences.value }) : ended;
}
