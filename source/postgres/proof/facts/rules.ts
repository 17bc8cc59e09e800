/** Which departures from the primary count, and which are only told. Pure. */
import type { Facts } from "./types.ts";

export type Weight = "difference" | "warning" | "nothing";

export interface Departure {
  readonly kind: string;
  readonly object: string;
  /** undefined: not there. */
  readonly expected: string | undefined;
  readonly observed: string | undefined;
}

export interface Sides {
  readonly expected: Facts;
  readonly observed: Facts;
}

type Rule = (departure: Departure, sides: Sides) => Weight;

/** Kinds without a rule of their own: every departure is a difference. */
const RULES: Readonly<Record<string, Rule>> = {
  "read by": ({ object }) => (object === "server" ? "warning" : "nothing"),
  // A restore leaves them out on purpose, since two subscribers of one slot lose changes.
  subscription: ({ observed }) => (observed === undefined ? "warning" : "difference"),
  "collation version": ({ expected, observed }) =>
    expected === undefined || observed === undefined ? "nothing" : "warning",
  "outdated collation": () => "warning",
  // A dump leaves them out.
  index: ({ expected, observed }) =>
    observed === undefined && isInvalid(expected) ? "warning" : "difference",
  "disabled foreign-key triggers": ({ observed }) =>
    observed === undefined ? "warning" : "difference",
  populated: populatedWeight,
  "column order": columnOrderWeight,
  database: ({ object }, sides) =>
    ["owner", "tablespace", "connection limit"].includes(object)
      ? givenBySuperuser(sides)
      : "difference",
  setting: settingWeight,
  schema: leftover,
  extension: ({ object, expected }) =>
    // Of the server's own template; a dump of a database without it does not drop it.
    expected === undefined && object === "plpgsql" ? "warning" : "difference",
};

/** Of an index: REINDEX or CREATE INDEX CONCURRENTLY did not finish. */
export function isInvalid(definition: string | undefined): boolean {
  return /^(?:invalid|not ready)$/mu.test(definition ?? "");
}

export function weightOf(departure: Departure, sides: Sides): Weight {
  return (RULES[departure.kind] ?? (() => "difference"))(departure, sides);
}

/** One that reads from a view which waits for its first REFRESH cannot be filled by a restore. */
function populatedWeight({ expected, observed }: Departure, { expected: primary }: Sides): Weight {
  // A view that is missing altogether is told as such.
  if (expected === undefined || observed === undefined) return "nothing";
  if (observed === "populated") return "warning";
  const waiting = Object.values(primary.populated ?? {}).some((state) => state !== "populated");
  return waiting ? "warning" : "difference";
}

/** Missing and unexpected columns are told by themselves. */
function columnOrderWeight({ expected, observed }: Departure): Weight {
  if (expected === undefined || observed === undefined) return "nothing";
  const names = (list: string) =>
    list
      .match(/"(?:[^"]|"")*"|[^",\s]+/gu)
      ?.toSorted()
      .join();
  return names(expected) === names(observed) ? "difference" : "nothing";
}

/** The drill cannot give what its user may not give; the backup is as good. */
function givenBySuperuser({ observed }: Sides): Weight {
  return observed["read by"]?.superuser === "no" ? "warning" : "difference";
}

function settingWeight({ object }: Departure, sides: Sides): Weight {
  // Left out by the drill, as the restore has to write.
  if (object.split(" of role ")[0] === "default_transaction_read_only") return "warning";
  return object.includes(" of role ") ? givenBySuperuser(sides) : "difference";
}

/** Every new database has a schema public, also where the primary has dropped its own. */
function leftover({ object, expected }: Departure, { observed }: Sides): Weight {
  if (object !== "public" || expected !== undefined) return "difference";
  const used = ["table", "view", "materialized view", "function", "type"].some((kind) =>
    Object.keys(observed[kind] ?? {}).some((name) => name.startsWith("public.")),
  );
  return used ? "difference" : "warning";
}
