/** What was measured, in units people read. Pure. */
import { formatBytes, formatCount, formatDuration, formatRate } from "../../drill/units.ts";
import type { LogEntry } from "../types.ts";

export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly note?: string;
}

/** Only what was measured. The recovery time is what an operator would wait for in an incident. */
export function figures({ measurements, startedAt, finishedAt }: LogEntry): readonly Fact[] {
  const { backupSeconds, backupBytes, restoreSeconds, proofSeconds, databaseBytes, rows } =
    measurements;
  const whole = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
  return [
    recovery(restoreSeconds, proofSeconds),
    fact("Backup", show(backupSeconds, formatDuration), rate(backupBytes, backupSeconds)),
    fact("Backup size", show(backupBytes, formatBytes)),
    fact("Restore", show(restoreSeconds, formatDuration), rate(backupBytes, restoreSeconds)),
    fact("Proof", show(proofSeconds, formatDuration)),
    fact("Database size", show(databaseBytes, formatBytes)),
    fact("Rows", show(rows, formatCount)),
    fact("Whole drill", show(whole, formatDuration)),
  ].filter((one) => one !== undefined);
}

/** Only a restore makes it a recovery. */
function recovery(restore: number | null, proof: number | null): Fact | undefined {
  if (restore === null) {
    return undefined;
  }
  const note = proof === null ? "restore, without a proof" : "restore and proof";
  return fact("Recovery time (RTO)", formatDuration(restore + (proof ?? 0)), note);
}

function fact(label: string, value: string | undefined, note?: string): Fact | undefined {
  return value === undefined ? undefined : { label, value, ...(note !== undefined && { note }) };
}

function show(figure: number | null, format: (figure: number) => string): string | undefined {
  return figure === null || !Number.isFinite(figure) ? undefined : format(figure);
}

function rate(bytes: number | null, seconds: number | null): string | undefined {
  return bytes === null || seconds === null || seconds <= 0
    ? undefined
    : formatRate(bytes, seconds, "bytes");
}
