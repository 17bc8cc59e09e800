/** `restore-drill check-backup FILE`: a backup against its manifest, without restoring it. */
import { resolve } from "node:path";
import { ageCheck, ageSeconds } from "../actions/backup/age.ts";
import { type Examined, examineBackup } from "../actions/backup/examine.ts";
import { info, judged } from "../actions/outcome.ts";
import { clientCheck } from "../actions/postgres/client-check.ts";
import type { Check } from "../drill/types.ts";
import { formatBytes } from "../drill/units.ts";
import { display } from "../postgres/display.ts";
import { showName } from "../postgres/identifiers.ts";
import { manifestPath } from "../postgres/manifest-file.ts";
import { complain, err, interruption, out } from "./terminal.ts";

export interface CheckBackupOptions {
  readonly file: string;
  readonly json?: boolean;
  /** `25h`, `7d`; without it any age will do. */
  readonly maxAge?: string;
}

const FAILED_EXIT = 1;
const NO_MANIFEST_EXIT = 3;
const UNREADABLE_EXIT = 4;

/** 0 as in its manifest, 1 not so, 3 no manifest or not one, 4 the backup cannot be read. */
export async function checkBackupCommand(options: CheckBackupOptions): Promise<number> {
  const file = resolve(options.file);
  const limit = options.maxAge === undefined ? undefined : ageSeconds(options.maxAge);
  if (options.maxAge !== undefined && limit === undefined) {
    const message = `--max-age "${display(options.maxAge)}" is not an age.`;
    return complain({ code: "usage", message, hint: "Write it like 25h or 7d." });
  }
  const examined = await examineInterruptibly(file);
  if ("interrupted" in examined) return examined.interrupted;
  if (!examined.result.ok) {
    const { problem } = examined.result;
    complain(problem);
    return problem.where === undefined ? UNREADABLE_EXIT : NO_MANIFEST_EXIT;
  }
  const backup = examined.result.value;
  const checks = allChecks(backup, limit);
  const exit = exitOf(backup, checks);
  out(options.json === true ? asJson(file, backup, { checks, exit }) : asText(file, checks));
  if (backup.manifest === undefined) {
    err(
      `restore-drill: ${display(manifestPath(file))} is not there, so the backup has nothing to be compared with.`,
    );
  }
  return exit;
}

async function examineInterruptibly(file: string) {
  const stop = interruption();
  const abort = new AbortController();
  const work = examineBackup(file, { signal: abort.signal, progress: progressOnStderr() });
  try {
    const first = await Promise.race([work, stop.happened]);
    if ("ok" in first) return { result: first };
    abort.abort();
    await work;
    return { interrupted: first.exit };
  } finally {
    stop.forget();
  }
}

const PROGRESS_MS = 1000;

/** At most a line a second: a small backup says nothing. */
function progressOnStderr() {
  let told = performance.now();
  return (_label: string, done: number, total: number | undefined) => {
    if (performance.now() - told < PROGRESS_MS) return;
    told = performance.now();
    const percent =
      total === undefined || total === 0 ? "" : ` (${Math.floor((100 * done) / total)} %)`;
    err(`Read ${formatBytes(done)}${percent}`);
  };
}

function allChecks(backup: Examined, limit: number | undefined): readonly Check[] {
  const { manifest, written, header } = backup;
  const age = ageCheck({
    manifest,
    written,
    now: new Date(),
    ...(limit === undefined ? {} : { limit }),
  });
  const versions = info(
    "Versions",
    `of PostgreSQL ${display(header.serverVersion ?? "unknown")}, by pg_dump ${display(header.dumpVersion ?? "unknown")}`,
  );
  if (manifest === undefined) return [...backup.checks, age, versions];
  const { database, server, tables } = manifest;
  const named = header.database === undefined || header.database === database;
  return [
    ...backup.checks,
    age,
    versions,
    judged("Database as in the manifest", named, {
      expected: showName(database),
      observed: showName(header.database ?? database),
    }),
    info(
      "Taken of",
      `${showName(database)} on ${display(server.address)}, ${tables.length} tables`,
    ),
    clientCheck(manifest.dump.tool),
  ];
}

function exitOf(backup: Examined, checks: readonly Check[]): number {
  if (checks.some(({ status }) => status === "failed")) return FAILED_EXIT;
  return backup.manifest === undefined ? NO_MANIFEST_EXIT : 0;
}

const MARKS: Readonly<Record<Check["status"], string>> = {
  passed: "ok      ",
  failed: "FAILED  ",
  warning: "warning ",
  info: "        ",
};

function asText(file: string, checks: readonly Check[]): string {
  const lines = checks.map(({ status, title, observed, expected }) => {
    const wanted = status === "failed" && expected !== undefined ? ` (expected: ${expected})` : "";
    return `${MARKS[status]}${title}: ${observed}${wanted}`;
  });
  const failed = checks.filter(({ status }) => status === "failed").length;
  const verdict = failed === 0 ? "No check failed" : `${failed} of ${checks.length} checks failed`;
  return [display(file), ...lines, `${verdict}. Only a drill shows that it can be restored.`].join(
    "\n",
  );
}

function asJson(
  file: string,
  { format, summary, manifest }: Examined,
  { checks, exit }: { readonly checks: readonly Check[]; readonly exit: number },
): string {
  const { bytes, sha256 } = summary;
  const report = { file, format, bytes, sha256, takenAt: manifest?.takenAt ?? null, exit, checks };
  return JSON.stringify(report, undefined, 2);
}
