/** Makes the signed entry of a drill: the log's side of the engine's port. */
import type { DrillState } from "../drill/state.ts";
import type { SignOff, ToolSummary } from "../drill/types.ts";
import { verdictOf } from "../drill/verdict.ts";
import type { SignerPort } from "../engine/ports.ts";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import type { Storage } from "../settings/storage.ts";
import { canonicalHash } from "./canonical.ts";
import { mendHead, type OpenLog } from "./chain.ts";
import { buildEntry } from "./entry.ts";
import { signHash } from "./signature.ts";
import { type SigningKey, signingKey } from "./signing-key.ts";
import type { LogEntry } from "./types.ts";
import { appendRecord, withLog } from "./with-log.ts";

export interface SignerOptions {
  readonly storage: Storage;
  readonly tool: ToolSummary;
  /** The operator's own key; without one, a key is made on first use. */
  readonly keyPath?: string;
}

export interface SignedEntry {
  readonly id: string;
  readonly hash: string;
  readonly log: string;
}

export function createSigner(options: SignerOptions): SignerPort {
  return {
    async sign(state, signOff, at) {
      const request = { state, signOff, at };
      const signed = await withLog(options.storage, signOff.operator, (open) =>
        signInto(open, options, request),
      );
      return signed.ok ? signed : fail(asRefusal(signed.problem));
    },
  };
}

interface SignRequest {
  readonly state: DrillState;
  readonly signOff: SignOff;
  readonly at: string;
}

async function signInto(
  open: OpenLog,
  options: SignerOptions,
  request: SignRequest,
): Promise<Result<SignedEntry>> {
  const { log } = options.storage;
  const entries = open.records.flatMap((line) => (line.kind === "entry" ? [line.entry] : []));
  const existing = entries.find(({ id }) => id === request.state.drill?.id);
  if (existing !== undefined) {
    const { id, hash } = existing;
    const mended = await mendHead(open.tail);
    return mended.ok ? ok({ id, hash, log }) : mended;
  }
  const key = await signingKey({
    keys: options.storage.keys,
    operator: request.signOff.operator,
    ...(options.keyPath !== undefined && { own: options.keyPath }),
  });
  if (!key.ok) {
    return key;
  }
  const entry = await signedEntry({ ...request, options, open, key: key.value });
  if (!entry.ok) {
    return entry;
  }
  const appended = await appendRecord(open, entry.value);
  return appended.ok ? ok({ id: entry.value.id, hash: entry.value.hash, log }) : appended;
}

async function signedEntry(
  request: SignRequest & {
    readonly options: SignerOptions;
    readonly open: OpenLog;
    readonly key: SigningKey;
  },
): Promise<Result<LogEntry>> {
  const { state, signOff, at, options, open, key } = request;
  const unsigned = buildEntry(state, signOff, {
    previous: open.tail.hash,
    finishedAt: state.endedAt ?? at,
    signedAt: at,
    tool: options.tool,
    verdict: verdictOf(state),
    signer: key.signer,
  });
  const hash = canonicalHash(unsigned);
  const signature = await signHash(key, hash);
  return signature.ok ? ok({ ...unsigned, hash, signature: signature.value }) : signature;
}

function asRefusal(problem: Problem): Problem {
  const hint = problem.hint ?? "";
  return {
    ...problem,
    message: `The drill cannot be signed off. ${problem.message}`,
    hint: `${hint}${hint === "" ? "" : " "}The drill stays as it is: resume it to sign it off.`,
  };
}
