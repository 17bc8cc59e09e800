/**
 * Locks between processes, as a queue in a file. A claim is one line appended in one write; the
 * file system puts concurrent appends in an order, and the holder is the first claim that is
 * neither released nor of a dead process. Both are final, so two processes can never both find
 * themselves first, and what a crash leaves behind needs no removal (which is where lock files
 * race). The file must be on a local disk.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { writeFully, writeProblem } from "./durable.ts";
import { lifeOf, type ProcessIdentity, thisProcess } from "./process-identity.ts";

export interface LockRequest {
  /** Of the lock's file; see `restoreLockPath` and `drillLockPath`. */
  readonly path: string;
  /** What is locked, as the message shall name it: `The restore database "x"`. */
  readonly what: string;
  readonly operator: string;
  readonly drill?: string;
  /** How long to queue for it; default: not at all. */
  readonly waitMs?: number;
}

export interface Lock {
  /** Safe to call twice. */
  release(): Promise<void>;
}

const claimSchema = z.object({
  claim: z.string(),
  host: z.string(),
  boot: z.string(),
  pid: z.number().int().positive(),
  started: z.string(),
  user: z.string(),
  operator: z.string(),
  drill: z.string().optional(),
  since: z.string(),
});
const releaseSchema = z.object({ release: z.string() });

type Claim = z.infer<typeof claimSchema>;

/** A claim that is about to be withdrawn must not turn the next one away. */
const WITHDRAWAL_MS = 250;
const POLL_MS = 20;

export async function acquireLock(request: LockRequest): Promise<Result<Lock>> {
  const here = await thisProcess();
  const claim = claimOf(request, here);
  const lock = lockOf(request.path, claim.claim);
  const deadline = Date.now() + Math.max(request.waitMs ?? 0, WITHDRAWAL_MS);
  try {
    await mkdir(dirname(request.path), { recursive: true, mode: 0o700 });
    await appendLine(request.path, claim);
    for (;;) {
      const ahead = await firstAhead(request.path, claim.claim, here);
      if (ahead === undefined) {
        return ok(lock);
      }
      if (Date.now() > deadline) {
        await lock.release();
        return fail(heldBy(ahead, request, here));
      }
      await pause(POLL_MS);
    }
  } catch (error) {
    return fail(writeProblem(`The lock ${request.path}`, error));
  }
}

/** One drill at a time for one restore database of one server. Names are data: they are hashed. */
export function restoreLockPath(locks: string, systemIdentifier: string, database: string): string {
  return join(locks, `restore-${digest([systemIdentifier, database])}.lock`);
}

/** One process at a time for one drill. */
export function drillLockPath(locks: string, drill: string): string {
  return join(locks, `drill-${digest([drill])}.lock`);
}

function digest(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}

function claimOf(request: LockRequest, here: ProcessIdentity): Claim {
  return {
    claim: randomUUID(),
    ...here,
    user: userName(),
    operator: request.operator,
    ...(request.drill !== undefined && { drill: request.drill }),
    since: new Date().toISOString(),
  };
}

function lockOf(path: string, claim: string): Lock {
  let released: Promise<void> | undefined;
  return {
    release() {
      // A full disk must not turn a finished drill into a failed one: the process ends anyway.
      released ??= appendLine(path, { release: claim }).catch(() => undefined);
      return released;
    },
  };
}

/** A line begins with its line break, so that one cut short by a crash spoils only itself. */
async function appendLine(path: string, line: Claim | { release: string }): Promise<void> {
  const file = await open(path, "a", 0o600);
  try {
    await writeFully(file, Buffer.from(`\n${JSON.stringify(line)}\n`, "utf8"));
  } finally {
    await file.close();
  }
}

async function firstAhead(
  path: string,
  own: string,
  here: ProcessIdentity,
): Promise<Claim | undefined> {
  const { claims, released } = parse(await readFile(path, "utf8"));
  const position = claims.findIndex(({ claim }) => claim === own);
  if (position === -1) {
    throw new Error("the claim is gone from it: somebody removed the file");
  }
  for (const claim of claims.slice(0, position)) {
    if (!released.has(claim.claim) && (await lifeOf(claim, here)) !== "dead") {
      return claim;
    }
  }
  return undefined;
}

function parse(text: string) {
  const lines = text.split("\n").map(parsedLine);
  const claims = lines.flatMap((line) => claimSchema.safeParse(line).data ?? []);
  const releases = lines.flatMap((line) => releaseSchema.safeParse(line).data ?? []);
  return { claims, released: new Set(releases.map(({ release }) => release)) };
}

function parsedLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function heldBy(claim: Claim, request: LockRequest, here: ProcessIdentity): Problem {
  const { operator, user, pid, host, since, drill } = claim;
  const who = operator === user ? user : `${operator} (user ${user})`;
  const which = drill === undefined ? "" : `, drill ${drill}`;
  return {
    code: "refused",
    message: `${request.what} is in use by ${who}: process ${pid} on ${host} since ${since}${which}.`,
    hint:
      host === here.host
        ? "Wait until that drill ends, or talk to its operator."
        : `Talk to its operator; if that machine is gone for good, remove ${request.path}.`,
    details: { operator, user, pid: String(pid), host, since, drill: drill ?? "" },
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry in the password file, as in containers.
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
