/** Looks into tables that differ, where the primary is still at hand to compare with. */
import type { ProofDifference } from "../../drill/types.ts";
import type { Target } from "../../environment/target.ts";
import { fail, ok, type Result } from "../../problem.ts";
import type { Manifest } from "../manifest.ts";
import type { Session } from "../session.ts";
import { runAll } from "../with-session.ts";
import { listTables } from "./catalogue.ts";
import { nameOf, type RowDifference } from "./compare-rows.ts";
import { withCrew } from "./crew.ts";
import { explainRows, type Sides } from "./explain.ts";
import { keyOf } from "./sequences.ts";
import { beginComparing } from "./settings.ts";
import { readShapes, type TableShape } from "./shapes.ts";

export interface ExplainOptions {
  readonly database: string;
  /** Where the restored database is, if on another server. */
  readonly copy?: Target;
  readonly signal: AbortSignal;
  note(text: string): void;
}

/** Tables that are looked into; more would only repeat the story. */
const MOST_TABLES = 10;

/** By table (`keyOf`). Empty, with a note, where the primary cannot tell any more. */
export async function explainDifferences(
  target: Target,
  { manifest, rows }: { readonly manifest: Manifest; readonly rows: readonly RowDifference[] },
  options: ExplainOptions,
): Promise<ReadonlyMap<string, readonly ProofDifference[]>> {
  const found = new Map<string, readonly ProofDifference[]>();
  const looked = rows.filter(({ expected }) => expected.fingerprint !== undefined);
  if (looked.length === 0) return found;
  if (!isPrimary(target, manifest)) {
    options.note(
      "Which rows differ cannot be told: the backup was taken of another primary than this one.",
    );
    return found;
  }
  const done = await withBoth(target, options, async (sides) => {
    for (const difference of looked.slice(0, MOST_TABLES)) {
      const told = await explainOne(sides, difference);
      if (told.ok) found.set(keyOf(difference.expected), told.value);
      else {
        options.note(`${nameOf(difference.expected)} was not looked into: ${told.problem.message}`);
        break;
      }
    }
    return ok(undefined);
  });
  if (!done.ok) options.note(`Which rows differ could not be found: ${done.problem.message}`);
  return found;
}

function isPrimary({ summary }: Target, { server, database }: Manifest): boolean {
  return (
    summary.database === database &&
    summary.server.systemIdentifier === server.systemIdentifier &&
    server.systemIdentifier !== "unknown"
  );
}

async function withBoth(
  target: Target,
  { database, copy = target, signal }: ExplainOptions,
  use: (sides: Sides) => Promise<Result<void>>,
): Promise<Result<void>> {
  const begin = async (session: Session) => {
    const begun = await beginComparing(session);
    return begun.ok ? runAll(session, ["SET LOCAL lock_timeout = '2s'"]) : begun;
  };
  const one = { size: 1, least: 1, signal, begin };
  const purpose = "explaining";
  const restored = { database, role: "restore", purpose, patient: true } as const;
  const primary = { ...restored, database: target.summary.database, role: "primary" } as const;
  return withCrew(copy, { ...one, session: restored }, ([left]) =>
    withCrew(target, { ...one, session: primary }, async ([right]) => {
      if (left === undefined || right === undefined) throw new Error("A crew without a session.");
      return use({ restored: left, primary: right });
    }),
  );
}

async function explainOne(
  sides: Sides,
  difference: RowDifference,
): Promise<Result<readonly ProofDifference[]>> {
  const { schema, name } = difference.expected;
  const [here, there] = [
    await shapeOf(sides.restored, difference),
    await shapeOf(sides.primary, difference),
  ];
  if (!here.ok) return here;
  if (!there.ok) return there;
  if (JSON.stringify(here.value.columns) !== JSON.stringify(there.value.columns)) {
    return fail({ code: "failed", message: "its columns are not those of the primary." });
  }
  // A key that only one side has is none.
  const key =
    JSON.stringify(here.value.key) === JSON.stringify(there.value.key) ? here.value.key : [];
  const explained = await explainRows(
    sides,
    { schema, name, shape: { ...here.value, key } },
    difference,
  );
  return explained.ok ? ok(explained.value.differences) : explained;
}

async function shapeOf(session: Session, { expected }: RowDifference): Promise<Result<TableShape>> {
  const tables = await listTables(session);
  if (!tables.ok) return tables;
  const table = tables.value.find((one) => keyOf(one) === keyOf(expected));
  const shapes = await readShapes(session, table === undefined ? [] : [table.oid]);
  if (!shapes.ok) return shapes;
  const shape = table === undefined ? undefined : shapes.value.get(table.oid);
  if (shape !== undefined) return ok(shape);
  return fail({ code: "failed", message: "the table is not there any more." });
}
