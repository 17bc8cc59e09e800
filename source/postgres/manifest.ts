/**
 * What a backup held when it was taken, saved beside it as `<backup>.manifest.json`. With it the
 * same file can be proven again later, elsewhere, without the primary.
 */
import { z } from "zod";
import { fail, ok, type Result } from "../problem.ts";
import { display } from "./display.ts";

const sequencePosition = z.strictObject({
  /** `last_value`; text, since it may exceed 2^53. */
  value: z.string().regex(/^-?\d+$/u),
  called: z.boolean(),
});

const tableSchema = z.strictObject({
  schema: z.string(),
  name: z.string(),
  kind: z.enum(["table", "partitioned table", "foreign table", "materialized view"]),
  owner: z.string(),
  /** At the dump's snapshot, of this table alone (not of its children); null where not counted. */
  rows: z.number().int().nonnegative().nullable(),
});

const sequenceSchema = z.strictObject({
  schema: z.string(),
  name: z.string(),
  increment: z.string().regex(/^-?\d+$/u),
  /** Read live, before and after the dump: sequences ignore snapshots. */
  from: sequencePosition,
  to: sequencePosition,
});

const fileSchema = z.strictObject({
  /** File name of the backup; for a directory, relative to it. */
  path: z.string(),
  bytes: z.number().int().nonnegative(),
  /** 64 hex digits. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/u),
});

const manifestSchema = z.strictObject({
  format: z.literal(1),
  /** How deep the comparison can go. */
  level: z.literal("counts"),
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
  dump: z.strictObject({
    format: z.enum(["plain", "custom", "directory"]),
    command: z.string(),
    tool: z.string(),
    seconds: z.number().nonnegative(),
  }),
  files: z.array(fileSchema).min(1),
  tables: z.array(tableSchema),
  sequences: z.array(sequenceSchema),
  /** What was left out of the comparison, in words. */
  notCovered: z.array(z.string()),
});

export type Manifest = Readonly<z.output<typeof manifestSchema>>;
export type ManifestTable = Readonly<z.output<typeof tableSchema>>;
export type ManifestSequence = Readonly<z.output<typeof sequenceSchema>>;
export type ManifestFile = Readonly<z.output<typeof fileSchema>>;
export type SequencePosition = Readonly<z.output<typeof sequencePosition>>;

/** `where` is shown in the complaint: the manifest's path. */
export function parseManifest(text: string, where: string): Result<Manifest> {
  const json = parseJson(text);
  const parsed = json.ok ? manifestSchema.safeParse(json.value) : undefined;
  if (parsed?.success === true) return ok(parsed.data);
  const issue = parsed?.error.issues[0];
  const reason =
    issue === undefined ? "it is not JSON" : `${issue.path.join(".") || "it"}: ${issue.message}`;
  return fail({
    code: "failed",
    message: `The manifest ${display(where)} cannot be read: ${display(reason)}.`,
    hint: "Take a fresh backup; a damaged or foreign manifest proves nothing.",
    where,
  });
}

export function composeManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function parseJson(text: string): { ok: true; value: unknown } | { ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return { ok: false };
    throw error;
  }
}
