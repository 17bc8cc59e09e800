/** One writer at a time: the log's lock, its tail, and what is added to it. */
import { join } from "node:path";
import { writeProblem } from "../journal/durable.ts";
import { acquireLock } from "../journal/lock.ts";
import { fail, type Result } from "../problem.ts";
import { prepareStorage, type Storage } from "../settings/storage.ts";
import { allowedSignersPath, rememberSigner } from "./allowed-signers.ts";
import { appendEntry, type OpenLog, openLog } from "./chain.ts";
import type { Sealed } from "./read.ts";

/** Longer than a touch of a security key takes, for whoever signs before us. */
const WAIT_MS = 90_000;

/** The name is shown to whoever has to wait. */
export async function withLog<T>(
  storage: Storage,
  name: string,
  work: (open: OpenLog) => Promise<Result<T>>,
): Promise<Result<T>> {
  const ready = await prepareStorage(storage);
  if (!ready.ok) {
    return ready;
  }
  const lock = await acquireLock({
    path: join(storage.locks, "log.lock"),
    what: `The log ${storage.log}`,
    operator: name,
    waitMs: WAIT_MS,
  });
  if (!lock.ok) {
    return lock;
  }
  try {
    const open = await openLog(storage.log);
    return open.ok ? await work(open.value) : open;
  } finally {
    await lock.value.release();
  }
}

/** The signer is made known first: a record must never stand there without its key. */
export async function appendRecord({ tail }: OpenLog, record: Sealed): Promise<Result<void>> {
  const allowed = allowedSignersPath(tail.log);
  try {
    await rememberSigner(allowed, record.signer);
  } catch (error) {
    return fail(writeProblem(`The file ${allowed}`, error));
  }
  return appendEntry(tail, record);
}
