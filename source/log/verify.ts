/** Does the log still say what was signed? Names the first entry that does not hold, and why. */
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { allowedSignersPath, isAllowed } from "./allowed-signers.ts";
import { judgeApprovals } from "./approvals.ts";
import { NOTHING_BEFORE } from "./canonical.ts";
import { type Fault, tailFault } from "./chain.ts";
import { type HeadFile, readHead } from "./head.ts";
import {
  type ApprovalLine,
  type EntryLine,
  goodLines,
  type LogContents,
  type LogLine,
  readLog,
  recordLines,
  sealOf,
} from "./read.ts";
import { checkSignature } from "./signature.ts";

type RecordLine = EntryLine | ApprovalLine;

export interface Verification {
  readonly entries: number;
  /** Ids of entries that need an approval, by what was said of them. */
  readonly approvals: {
    readonly awaiting: readonly string[];
    readonly approved: readonly string[];
    readonly rejected: readonly string[];
  };
  /** Of the last entry; an auditor who keeps it can tell later that nothing was cut off. */
  readonly head: string;
  readonly signers: readonly {
    readonly identity: string;
    readonly fingerprint: string;
    readonly entries: number;
    /** Only where there are any: approvals and rejections. */
    readonly approvals?: number;
  }[];
  /** What could not be looked at, in sentences. */
  readonly notes: readonly string[];
}

/** An entry that another record says was written: journals know the entries of their drills. */
export interface Anchor {
  readonly id: string;
  readonly hash: string;
  /** For people: where it says so. */
  readonly source: string;
}

/** Public keys that an auditor knows to be approvers'. Nothing in the log can tell whose a key is. */
export interface Approvers {
  readonly keys: ReadonlySet<string>;
  /** For people: where they are from. */
  readonly source: string;
}

/**
 * Problems: `log-broken` when an entry does not hold; `unusable` when the chain holds but the
 * signatures could not be checked, or the log could not be read.
 */
export async function verifyLog(
  log: string,
  anchors: readonly Anchor[] = [],
  approvers?: Approvers,
): Promise<Result<Verification>> {
  const contents = await readLog(log);
  if (!contents.ok) {
    return contents;
  }
  const head = await readHead(log);
  const chain = chainProblem(contents.value);
  // The chain up to the break is still worth its signatures: the first fault is what to name.
  const lines = recordLines(contents.value).filter(
    ({ number }) => number < (chain?.line ?? Infinity),
  );
  const unsigned = await firstUnsigned(log, lines);
  const signature = unsigned.ok ? unsigned.value : undefined;
  const approval = earlier(judgeApprovals(lines).faults[0], stranger(lines, approvers));
  const first = earlier(signature, approval) ?? chain ?? endProblem(contents.value, head, anchors);
  if (first !== undefined) {
    return fail(brokenLog(log, first));
  }
  return unsigned.ok ? ok(verification(contents.value, head === "missing")) : unsigned;
}

function earlier(one: Fault | undefined, other: Fault | undefined): Fault | undefined {
  return one !== undefined && (other === undefined || one.line <= other.line) ? one : other;
}

function stranger(lines: readonly RecordLine[], approvers?: Approvers): Fault | undefined {
  const line = lines.find(
    (one) => one.kind === "approval" && approvers?.keys.has(one.record.signer.publicKey) === false,
  );
  if (line === undefined || approvers === undefined) return undefined;
  const { id, signer } = sealOf(line);
  const why = `is signed by ${signer.fingerprint}, which ${approvers.source} does not list`;
  return { line: line.number, id, why };
}

function chainProblem(contents: LogContents): Fault | undefined {
  let previous = NOTHING_BEFORE;
  for (const line of contents.lines) {
    const why = line.ok ? linkProblem(line, previous, contents.lines) : line.why;
    if (why !== undefined) {
      return { line: line.number, why, ...idOf(line) };
    }
    previous = line.ok ? sealOf(line).hash : previous;
  }
  return undefined;
}

function linkProblem(
  line: RecordLine,
  previous: string,
  lines: readonly LogLine[],
): string | undefined {
  const { previous: says } = sealOf(line);
  if (says === previous) {
    return undefined;
  }
  if (says === NOTHING_BEFORE) {
    return "says it is the first of the log, and is not";
  }
  const named = lines.find((other) => hashOf(other) === says);
  return named === undefined
    ? "follows an entry that is missing"
    : `follows the entry that is now on line ${named.number}: entries were put in another order`;
}

function endProblem(
  contents: LogContents,
  head: HeadFile,
  anchors: readonly Anchor[],
): Fault | undefined {
  const line = contents.lines.length + 1;
  const tail = tailFault(contents, head);
  if (contents.torn > 0) {
    const cause = tail === undefined ? "a crash while it was written" : "the file was cut";
    return { line, why: `is incomplete, ${contents.torn} bytes without a line end: ${cause}` };
  }
  if (tail !== undefined) {
    return tail;
  }
  const hashes = new Set(goodLines(contents).map(({ entry }) => entry.hash));
  const lost = anchors.find(({ hash }) => !hashes.has(hash));
  return lost === undefined
    ? undefined
    : { line, id: lost.id, why: `is missing: ${lost.source} says it was written` };
}

/** The first entry whose signature, or whose signer, does not hold. */
async function firstUnsigned(
  log: string,
  lines: readonly RecordLine[],
): Promise<Result<Fault | undefined>> {
  const allowed = allowedSignersPath(log);
  for (const line of lines) {
    const { number } = line;
    const entry = sealOf(line);
    const checked = await checkSignature(entry);
    if (!checked.ok) {
      return fail({
        ...checked.problem,
        message: `The chain of ${lines.length} entries holds, but no signature was checked: ${checked.problem.message}`,
      });
    }
    if (checked.value !== undefined) {
      return ok({ line: number, id: entry.id, why: `has a signature that ${checked.value}` });
    }
    if (!(await isAllowed(allowed, entry.signer))) {
      const why = `is signed by ${entry.signer.fingerprint}, which ${allowed} does not list for ${entry.signer.identity}`;
      return ok({ line: number, id: entry.id, why });
    }
  }
  return ok(undefined);
}

function verification(contents: LogContents, headMissing: boolean): Verification {
  const lines = goodLines(contents);
  const records = recordLines(contents);
  const signers = Map.groupBy(records, (line) => JSON.stringify(sealOf(line).signer));
  const ids = (status: string) =>
    lines.filter(({ approval }) => approval.status === status).map(({ entry }) => entry.id);
  const note = "log.head is missing, so entries cut off the end would not be noticed.";
  return {
    entries: lines.length,
    approvals: {
      awaiting: ids("awaiting"),
      approved: ids("approved"),
      rejected: ids("rejected"),
    },
    head: records.map(sealOf).at(-1)?.hash ?? NOTHING_BEFORE,
    signers: [...signers.values()].flatMap(signerOf),
    notes: headMissing && lines.length > 0 ? [note] : [],
  };
}

function signerOf(signed: readonly RecordLine[]): Verification["signers"] {
  const [first] = signed;
  if (first === undefined) {
    return [];
  }
  const { identity, fingerprint } = sealOf(first).signer;
  const entries = signed.filter(({ kind }) => kind === "entry").length;
  const approvals = signed.length - entries;
  return [{ identity, fingerprint, entries, ...(approvals > 0 && { approvals }) }];
}

function brokenLog(log: string, { line, id, why }: Fault): Problem {
  const name = id === undefined ? "" : ` (${id.slice(0, 100)})`;
  return {
    code: "log-broken",
    message: `Entry ${line}${name} of the log does not hold: it ${why}.`,
    hint: `The ${line - 1} before it hold. Compare ${log} with a copy of it, and keep both.`,
    where: `${log}:${line}`,
    details: { entry: String(line), id: id ?? "", why },
  };
}

function idOf(line: LogLine): { id?: string } {
  if (line.ok) {
    return { id: sealOf(line).id };
  }
  return line.claims?.id === undefined ? {} : { id: line.claims.id };
}

function hashOf(line: LogLine): string | undefined {
  return line.ok ? sealOf(line).hash : line.claims?.hash;
}
