/**
 * An entry of the log (design: the log). Written once, read for years: fields are only ever
 * added, and a reader ignores those it does not know.
 */
import { z } from "zod";

const instant = z.string();
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const seconds = z.number();

const checkSchema = z.object({
  title: z.string(),
  status: z.enum(["passed", "failed", "warning", "info"]),
  expected: z.string().optional(),
  observed: z.string(),
});

/** One run of a step; kept when there was more than one. */
const attemptSchema = z.object({
  attempt: z.number(),
  status: z.enum(["passed", "failed", "interrupted"]),
  startedAt: instant,
  seconds: seconds.nullable(),
  commands: z.array(z.string()),
  exit: z.number().optional(),
  message: z.string().optional(),
  outputDigest: z.string().optional(),
});

const statusSchema = z.enum([
  "passed",
  "failed",
  "interrupted",
  "skipped",
  "not-applicable",
  "deviation",
  "not-reached",
  "stale",
]);

const stepSchema = z.object({
  id: z.string(),
  title: z.string(),
  status: statusSchema,
  optional: z.boolean(),
  /** null for a step that never started. */
  startedAt: instant.nullable(),
  seconds: seconds.nullable(),
  /** What was issued, a command or statement a line, secrets masked. */
  command: z.string().optional(),
  exit: z.number().optional(),
  checks: z.array(checkSchema).optional(),
  note: z.string().optional(),
  values: z.record(z.string(), z.string()).optional(),
  outputDigest: z.string().optional(),
  /** Why it is not simply passed: the failure, or the reason given. */
  reason: z.string().optional(),
  attempts: z.array(attemptSchema).optional(),
});

const itemSchema = z.object({
  id: z.string(),
  title: z.string(),
  section: z.string(),
  optional: z.boolean(),
  status: statusSchema,
  steps: z.array(stepSchema),
});

const figure = z.number().nullable();

const proofSchema = z.object({
  level: z.enum(["full", "sampled", "counts"]),
  verdict: z.enum(["equal", "different", "not-possible"]),
  tables: z.number(),
  rows: z.number(),
  sequences: z.number(),
  covered: z.array(z.string()),
  notCovered: z.array(z.string()),
  differences: z.array(
    z.object({
      object: z.string(),
      expected: z.string(),
      observed: z.string(),
      row: z.object({ schema: z.string(), table: z.string(), key: z.string() }).optional(),
    }),
  ),
  warnings: z.array(z.string()).optional(),
  snapshot: z.string().optional(),
});

const environmentSchema = z.object({
  name: z.string(),
  target: z.enum(["practice", "direct", "compose"]),
  server: z.object({ address: z.string(), version: z.string(), systemIdentifier: z.string() }),
  database: z.string(),
  restoreDatabase: z.string(),
});

export const signerSchema = z.object({
  /** The principal of `allowed_signers`. */
  identity: z.string(),
  /** `ssh-ed25519 AAAA...`, without a comment. */
  publicKey: z.string(),
  /** `SHA256:...`, as `ssh-keygen -l` prints it. */
  fingerprint: z.string(),
});

export const toolSchema = z.object({
  version: z.string(),
  node: z.string(),
  platform: z.string(),
});

export const entrySchema = z.object({
  /** The drill's. */
  id: z.string().min(1),
  checklist: z.object({
    id: z.string(),
    title: z.string(),
    digest: z.string(),
    runbook: z.string().optional(),
  }),
  environment: environmentSchema,
  /** Who signed it off; `startedBy` only when that was someone else. */
  operator: z.string(),
  startedBy: z.string().optional(),
  /** As the operator named them; who really approved is in an approval's own record. */
  approver: z.string().optional(),
  /** Set when the checklist asks for it: without an approval the entry is not complete. */
  approval: z.literal("required").optional(),
  startedAt: instant,
  finishedAt: instant,
  signedAt: instant,
  verdict: z.enum(["passed", "passed-with-deviations", "failed", "incomplete", "aborted"]),
  /** Why it was aborted or given up. */
  endedBecause: z.string().optional(),
  items: z.array(itemSchema),
  /** Seconds, bytes and rows; null where nothing was measured. */
  measurements: z.object({
    backupSeconds: figure,
    backupBytes: figure,
    restoreSeconds: figure,
    proofSeconds: figure,
    databaseBytes: figure,
    rows: figure,
  }),
  backup: z.object({ file: z.string(), bytes: z.number(), sha256: z.string() }).nullable(),
  proof: proofSchema.nullable(),
  findings: z.array(z.object({ step: z.string().optional(), text: z.string(), at: instant })),
  deviations: z.array(
    z.object({
      step: z.string(),
      title: z.string(),
      kind: z.enum(["waived", "left-standing"]),
      reason: z.string(),
    }),
  ),
  /** What the drill made, and whether it is gone. */
  cleanup: z.array(
    z.object({
      label: z.string(),
      status: z.enum(["released", "kept", "owed"]),
      reason: z.string().optional(),
      /** When the cleanup took more than one. */
      attempts: z
        .array(
          z.object({
            startedAt: instant,
            status: z.enum(["passed", "failed", "interrupted"]),
            message: z.string().optional(),
          }),
        )
        .optional(),
    }),
  ),
  /** Times the drill was taken up again after a crash or a break. */
  resumes: z.array(z.object({ at: instant, operator: z.string() })),
  issues: z.string(),
  statement: z.string(),
  kind: z.enum(["Backup/restore only", "Backup/restore + secrets rotation (combined drill)"]),
  related: z.array(z.string()),
  tool: toolSchema,
  signer: signerSchema,
  /** Hash of the entry before; 64 zeros for the first. */
  previous: sha256,
  /** SHA-256 over the canonical JSON of all fields but this one and `signature`. */
  hash: sha256,
  /** SSH signature over the text of `hash`, namespace `restore-drill`. */
  signature: z.string(),
});

export type LogEntry = z.infer<typeof entrySchema>;
export type UnsignedEntry = Omit<LogEntry, "hash" | "signature">;
export type EntryItem = z.infer<typeof itemSchema>;
export type EntryStep = z.infer<typeof stepSchema>;
export type EntryAttempt = z.infer<typeof attemptSchema>;
export type EntryStatus = z.infer<typeof statusSchema>;
export type Signer = z.infer<typeof signerSchema>;
