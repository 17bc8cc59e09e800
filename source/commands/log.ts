/** `restore-drill log list | show | export | verify | approve`. Gives the exit code. */

import { formatAmount } from "../drill/units.ts";
import { keysIn } from "../log/allowed-signers.ts";
import { entryDocumentOf, entryJson } from "../log/export/json.ts";
import { oneLine } from "../log/export/printable.ts";
import { entryText } from "../log/export/text.ts";
import { type Verification, verifyLog } from "../log/verify.ts";
import { exitCodeOf, type Problem } from "../problem.ts";
import type { Storage } from "../settings/storage.ts";
import { approve } from "./log-approve.ts";
import { anchorsIn, logEntries, pickEntry } from "./log-entries.ts";
import { exportEntry } from "./log-export.ts";
import { entriesTable } from "./log-table.ts";

export interface LogArguments {
  readonly sub: "list" | "show" | "export" | "verify" | "approve";
  /** An id or a unique beginning of one; default the newest. */
  readonly entry?: string | undefined;
  readonly json?: boolean;
  /** `markdown`, `json` or `html`. */
  readonly format?: string;
  /** A new file, or `-` for standard output. */
  readonly output?: string;
  /** The approver. */
  readonly as?: string;
  /** Path of the approver's own key. */
  readonly key?: string;
  /** File of public keys that may approve. */
  readonly approvers?: string;
  /** Why the entry is rejected; without it, it is approved. */
  readonly reject?: string;
}

export interface LogIo {
  readonly storage: Storage;
  /** Prints a line, or lines, of result. */
  out(text: string): void;
  /** Prints a line of diagnostics. */
  err(text: string): void;
}

export async function logCommand(args: LogArguments, io: LogIo): Promise<number> {
  switch (args.sub) {
    case "list":
      return list(args, io);
    case "show":
      return show(args, io);
    case "export":
      return exportOne(args, io);
    case "verify":
      return verify(args, io);
    case "approve": {
      const done = await approve(args, io);
      if (!done.ok) return complain(done.problem, io);
      io.out(done.value);
      return 0;
    }
  }
}

async function list({ json = false }: LogArguments, io: LogIo): Promise<number> {
  const entries = await logEntries(io);
  if (!entries.ok) {
    return complain(entries.problem, io);
  }
  if (json) {
    const documents = entries.value.map(({ raw, approval }) => entryDocumentOf(raw, approval));
    io.out(JSON.stringify(documents, null, 2));
  } else if (entries.value.length === 0) {
    io.out("The log is empty: no drill was signed off yet.");
  } else {
    for (const line of entriesTable(entries.value)) {
      io.out(line);
    }
  }
  return 0;
}

async function show({ entry, json = false }: LogArguments, io: LogIo): Promise<number> {
  const picked = await pickEntry(entry, io);
  if (!picked.ok) {
    return complain(picked.problem, io);
  }
  const { entry: shown, raw, approval } = picked.value;
  io.out((json ? entryJson(raw, approval) : entryText(shown, approval)).trimEnd());
  return 0;
}

async function exportOne(args: LogArguments, io: LogIo): Promise<number> {
  const picked = await pickEntry(args.entry, io);
  if (!picked.ok) {
    return complain(picked.problem, io);
  }
  const done = await exportEntry(picked.value, args);
  if (!done.ok) {
    return complain(done.problem, io);
  }
  if (done.value.kind === "text") {
    io.out(done.value.text.trimEnd());
  } else {
    io.err(`Wrote ${done.value.path}`);
  }
  return 0;
}

async function verify({ json = false, approvers }: LogArguments, io: LogIo): Promise<number> {
  const { log, drills } = io.storage;
  const keys = approvers === undefined ? undefined : await keysIn(approvers);
  if (keys?.ok === false) {
    return complain(keys.problem, io);
  }
  const known =
    keys === undefined || approvers === undefined
      ? undefined
      : { keys: keys.value, source: approvers };
  const result = await verifyLog(log, await anchorsIn(drills), known);
  if (json) {
    io.out(
      JSON.stringify(
        result.ok ? { ok: true, ...result.value } : { ok: false, problem: result.problem },
        null,
        2,
      ),
    );
  }
  if (!result.ok) {
    return complain(result.problem, io);
  }
  if (!json) {
    tellVerification(result.value, io);
  }
  return 0;
}

function tellVerification(verification: Verification, io: LogIo): void {
  const { entries, head, signers, notes, approvals } = verification;
  io.out(`${formatAmount(entries, "entry holds", "entries hold")}.`);
  for (const id of approvals.awaiting) {
    io.out(`  awaiting approval, not signed off in full: ${oneLine(id)}`);
  }
  for (const decided of ["approved", "rejected"] as const) {
    const ids = approvals[decided].map(oneLine);
    if (ids.length > 0) io.out(`  ${decided}: ${ids.join(", ")}`);
  }
  for (const { identity, fingerprint, entries: signed, approvals: decided = 0 } of signers) {
    const what = [
      ...(signed > 0 ? [formatAmount(signed, "entry", "entries")] : []),
      ...(decided > 0 ? [formatAmount(decided, "approval")] : []),
    ];
    io.out(`  ${what.join(" and ")} signed by ${identity}, ${fingerprint}`);
  }
  if (entries > 0) {
    io.out(`  last hash ${head}`);
  }
  for (const note of notes) {
    io.err(`Note: ${note}`);
  }
}

function complain(problem: Problem, io: LogIo): number {
  io.err(`restore-drill: ${problem.message}`);
  if (problem.hint !== undefined) {
    io.err(`  ${problem.hint}`);
  }
  return exitCodeOf(problem);
}
