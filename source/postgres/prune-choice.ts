/** Which old backups may go. Pure: when in doubt, a backup stays. */
import { byCodePoint } from "./backup-files.ts";

export interface PruneCandidate {
  /** Absolute path. */
  readonly path: string;
  /** `YYYYMMDD_HHMMSS`, from the name. */
  readonly timestamp: string;
  /** Why it is left alone whatever its age; absent: it is one of this drill line. */
  readonly foreign?: string;
}

export interface PruneRules {
  /** Newest ones of this line that stay. */
  readonly keep: number;
  /** The backup of the running drill. */
  readonly current: string;
  /** Backups of log entries that passed. */
  readonly passed: ReadonlySet<string>;
}

export interface PruneChoice {
  readonly path: string;
  readonly remove: boolean;
  readonly reason: string;
}

/** Newest first. */
export function choosePrunes(
  candidates: readonly PruneCandidate[],
  rules: PruneRules,
): readonly PruneChoice[] {
  const sorted = candidates.toSorted(
    (left, right) =>
      byCodePoint(right.timestamp, left.timestamp) || byCodePoint(right.path, left.path),
  );
  const own = sorted.filter(({ foreign }) => foreign === undefined);
  const newest = new Set(own.slice(0, rules.keep).map(({ path }) => path));
  const lastPassed = own.find(({ path }) => rules.passed.has(path))?.path;
  return sorted.map(({ path, foreign }) => {
    const stays = reasonToStay(path, { foreign, newest, lastPassed, rules });
    return stays === undefined
      ? { path, remove: true, reason: "older than what is kept" }
      : { path, remove: false, reason: stays };
  });
}

interface Standing {
  readonly foreign: string | undefined;
  readonly newest: ReadonlySet<string>;
  readonly lastPassed: string | undefined;
  readonly rules: PruneRules;
}

function reasonToStay(
  path: string,
  { foreign, newest, lastPassed, rules }: Standing,
): string | undefined {
  if (path === rules.current) return "the backup of this drill";
  if (foreign !== undefined) return foreign;
  if (path === lastPassed) return "the newest that passed a drill";
  return newest.has(path) ? `among the newest ${rules.keep}` : undefined;
}
