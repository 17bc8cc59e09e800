/**
 * What a backup held when it was taken, saved beside it as `<backup>.manifest.json`. With it the
 * same file can be proven again later, elsewhere, without the primary. Without a dump, it says what
 * a database held at one moment: a copy that others made of the server is compared with it.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { display } from "./display.ts";

const sequencePosition = z.strictObject({
  /** `last_value`; text, since it may exceed 2^53. */
  value: z.string().regex(/^-?\d+$/u),
  called: z.boolean(),
});

const integer = z.string().regex(/^-?\d+$/u);

/** Of all rows, or of the sampled ones. Sums are exact, and may exceed 2^64. */
const fingerprintSchema = z.strictObject({
  rows: z.number().int().nonnegative(),
  /** How many of the rows were hashed. */
  hashed: z.number().int().nonnegative(),
  sumA: integer,
  sumB: integer,
  /**
   * `rows sumA` of each group of rows, a power of two of them, by the lowest bits of a hash: that of
   * the columns `bucketsBy`, else of the row. Rows that differ are found by them.
   */
  buckets: z.array(z.string().regex(/^(?:\d+ -?\d+)?$/u)).optional(),
  bucketsBy: z.array(z.string()).optional(),
});

const tableSchema = z.strictObject({
  schema: z.string(),
  name: z.string(),
  kind: z.enum(["table", "partitioned table", "foreign table", "materialized view"]),
  owner: z.string(),
  /** At the dump's snapshot, of this table alone (not of its children); null where not counted. */
  rows: z.number().int().nonnegative().nullable(),
  /** Also of materialized views, whose rows no dump holds. */
  fingerprint: fingerprintSchema.optional(),
});

const sequenceSchema = z.strictObject({
  schema: z.string(),
  name: z.string(),
  increment: z.string().regex(/^-?\d+$/u),
  /** Read live, before and after the dump: sequences ignore snapshots. */
  from: sequencePosition,
  to: sequencePosition,
  /** What the archive itself says: exact, where it could be read. */
  archived: sequencePosition.optional(),
});

const factsSchema = z.record(z.string(), z.record(z.string(), z.string()));

const largeObjectsSchema = z.strictObject({
  objects: z.number().int().nonnegative(),
  by: z.enum(["object", "remainder"]),
  /** By OID or its remainder: `objects bytes sumA sumB`. */
  sums: z.record(z.string(), z.string()),
});

const fileSchema = z.strictObject({
  /** File name of the backup; for a directory, relative to it. */
  path: z.string(),
  bytes: z.number().int().nonnegative(),
  /** 64 hex digits. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/u),
});

const manifestSchema = z.strictObject({
  /** 1 held row counts and sequences only; 2 hashed rows in another way. */
  format: z.literal([1, 3]),
  /** How deep the comparison can go. */
  level: z.enum(["full", "sampled", "counts"]),
  /** Percent of the rows that were hashed, at the level `sampled`. */
  sample: z.number().int().min(1).max(99).optional(),
  /** Of the database: rows are hashed as it encodes them. */
  encoding: z.string().optional(),
  drill: z.string(),
  server: z.strictObject({
    address: z.string(),
    version: z.string(),
    systemIdentifier: z.string(),
  }),
  database: z.string(),
  databaseBytes: z.number().int().nonnegative(),
  snapshot: z.string(),
  lsn: z.string().nullable(),
  /** ISO 8601, when the snapshot was taken, by the server's clock. */
  takenAt: z.string(),
  dump: z
    .strictObject({
      format: z.enum(["plain", "custom", "directory"]),
      command: z.string(),
      tool: z.string(),
      seconds: z.number().nonnegative(),
    })
    .optional(),
  /** Of the dump; without one, there are none. */
  files: z.array(fileSchema),
  tables: z.array(tableSchema),
  sequences: z.array(sequenceSchema),
  /** Sequences that are there and whose positions could not be read. */
  unreadSequences: z
    .array(z.strictObject({ schema: z.string(), name: z.string() }))
    .min(1)
    .optional(),
  largeObjects: largeObjectsSchema.optional(),
  /** Definitions by kind and object, read in the snapshot's session before the dump. */
  facts: factsSchema.optional(),
  /** The same after the dump, where something had changed: the dump holds either of them. */
  factsAfter: factsSchema.optional(),
  /** What was left out of the comparison, in words. */
  notCovered: z.array(z.string()),
  /** SHA-256 over all the rest, in canonical form; set when it is composed. */
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/u)
    .optional(),
});

const oldFormat = z.looseObject({ format: z.literal(2) });

export type Manifest = Readonly<z.output<typeof manifestSchema>>;
/** One that was written beside a dump. */
export type BackupManifest = Manifest & Readonly<{ dump: NonNullable<Manifest["dump"]> }>;
export type ManifestTable = Readonly<z.output<typeof tableSchema>>;
export type ManifestFingerprint = Readonly<z.output<typeof fingerprintSchema>>;
export type ManifestSequence = Readonly<z.output<typeof sequenceSchema>>;
export type ManifestFile = Readonly<z.output<typeof fileSchema>>;
export type SequencePosition = Readonly<z.output<typeof sequencePosition>>;

/** `where` is shown in the complaint: the manifest's path. */
export function parseManifest(text: string, where: string): Result<Manifest> {
  const json = parseJson(text);
  if (json.ok && oldFormat.safeParse(json.value).success) {
    return fail(unreadable(where, "format: 2 hashes rows in a way that this version does not"));
  }
  const parsed = json.ok ? manifestSchema.safeParse(json.value) : undefined;
  if (parsed?.success !== true) {
    const issue = parsed?.error.issues[0];
    const reason =
      issue === undefined ? "it is not JSON" : `${issue.path.join(".") || "it"}: ${issue.message}`;
    return fail(unreadable(where, reason));
  }
  const manifest = parsed.data;
  if ((manifest.dump === undefined) !== (manifest.files.length === 0)) {
    return fail(unreadable(where, "files: they belong to a dump"));
  }
  if (manifest.format === 1) {
    return manifest.level === "counts"
      ? ok(manifest)
      : fail(unreadable(where, "level: format 1 holds counts only"));
  }
  if (manifest.digest === undefined) return fail(unreadable(where, "digest: it has none"));
  return manifest.digest === digestOf(manifest) ? ok(manifest) : fail(changed(where));
}

export function isOfBackup(manifest: Manifest): manifest is BackupManifest {
  return manifest.dump !== undefined;
}

/** With its digest, whatever digest was given. */
export function composeManifest(manifest: Manifest): string {
  const whole = manifest.format === 1 ? manifest : { ...manifest, digest: digestOf(manifest) };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

/** Over everything but itself; keys sorted, no white space. */
function digestOf({ digest: _, ...rest }: Manifest): string {
  return createHash("sha256").update(canonical(rest), "utf8").digest("hex");
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
  return `{${members.join(",")}}`;
}

function unreadable(where: string, reason: string): Problem {
  return {
    code: "failed",
    message: `The manifest ${display(where)} cannot be read: ${display(reason)}.`,
    hint: "Take a fresh backup; a damaged or foreign manifest proves nothing.",
    where,
  };
}

function changed(where: string): Problem {
  return {
    code: "failed",
    message: `The manifest ${display(where)} was changed after it was written: its digest is not that of its contents.`,
    hint: "Find out who or what changed it, and take a fresh backup: a changed manifest proves nothing.",
    where,
  };
}

function parseJson(text: string): { ok: true; value: unknown } | { ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return { ok: false };
    throw error;
  }
}
