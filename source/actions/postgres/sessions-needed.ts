/** How many connections the phases of a drill hold at once, from the code that opens them. */
import type { BackupFormat } from "../../environment/target.ts";
import { PROOF_SESSIONS } from "../../postgres/proof/read-restored.ts";
import { FINGERPRINT_SESSIONS } from "../../postgres/take-dump.ts";
import { ANALYZE_SESSIONS } from "./analyze.ts";
import { DUMP_JOBS } from "./make-backup.ts";
import { RESTORE_JOBS } from "./restore.ts";

/** The freezer, and the one that watches for those it blocks. */
const FREEZER_SESSIONS = 2;

export interface SessionsNeeded {
  /** Without so many it fails. */
  readonly least: number;
  /** With so many nothing is slower than it could be. */
  readonly most: number;
}

/** On the primary: freezer, fingerprints and pg_dump, all at the same time. */
export function backupSessions(format: BackupFormat): SessionsNeeded {
  const dump = format === "directory" ? 1 + DUMP_JOBS : 1;
  const held = FREEZER_SESSIONS + dump;
  return { least: held + FINGERPRINT_SESSIONS.least, most: held + FINGERPRINT_SESSIONS.most };
}

/** On the restore database: restoring, analyzing and proving, one after the other. */
export function restoreSessions(format: BackupFormat): SessionsNeeded {
  const restore = format === "plain" ? 1 : 1 + RESTORE_JOBS;
  const early = format === "plain" ? 0 : 1;
  return {
    least: Math.max(restore, PROOF_SESSIONS.least),
    most: Math.max(restore + early, ANALYZE_SESSIONS, PROOF_SESSIONS.most),
  };
}
