/** What drills there are on this machine, from their journals. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { replay } from "../drill/evolve.ts";
import { type DrillState, owed, type Phase } from "../drill/state.ts";
import type { Instant, Verdict } from "../drill/types.ts";
import { verdictOf } from "../drill/verdict.ts";
import type { Problem } from "../problem.ts";
import { readJournal } from "./read.ts";

export type DrillListing = ListedDrill | UnreadableDrill;

export interface ListedDrill {
  readonly id: string;
  readonly journal: string;
  readonly checklist: { readonly id: string; readonly title: string };
  readonly environment: string;
  readonly restoreDatabase: string;
  readonly operator: string;
  readonly startedAt: Instant;
  /** `signed-off` is done for good; every other can be resumed or abandoned. */
  readonly phase: Phase;
  readonly verdict: Verdict;
  /** How many things it made are still to be undone. */
  readonly owed: number;
  /** Of the log, once signed off. */
  readonly entry?: { readonly id: string; readonly hash: string };
}

export interface UnreadableDrill {
  readonly id: string;
  readonly journal: string;
  readonly problem: Problem;
}

/** Newest first; those that cannot be read come last. A missing folder is no drills. */
export async function listDrills(drills: string): Promise<readonly DrillListing[]> {
  const names = await foldersIn(drills);
  const listings = await Promise.all(names.map((name) => listing(drills, name)));
  return listings.filter((one) => one !== undefined).sort(newestFirst);
}

export function isListed(drill: DrillListing): drill is ListedDrill {
  return !("problem" in drill);
}

async function listing(drills: string, name: string): Promise<DrillListing | undefined> {
  const journal = join(drills, name, "journal.jsonl");
  if (!existsSync(journal)) {
    return undefined;
  }
  const read = await readJournal(journal);
  if (!read.ok) {
    return { id: name, journal, problem: read.problem };
  }
  // Without a first event nothing had begun when the process died.
  return summary(journal, replay(read.value.events));
}

function summary(journal: string, state: DrillState): ListedDrill | undefined {
  const { drill, entry } = state;
  if (drill === undefined) {
    return undefined;
  }
  return {
    id: drill.id,
    journal,
    checklist: { id: drill.checklist.id, title: drill.checklist.title },
    environment: drill.environment.name,
    restoreDatabase: drill.restoreDatabase,
    operator: drill.operator,
    startedAt: drill.startedAt,
    phase: state.phase,
    verdict: verdictOf(state),
    owed: owed(state).length,
    ...(entry !== undefined && { entry: { id: entry.id, hash: entry.hash } }),
  };
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}

function newestFirst(a: DrillListing, b: DrillListing): number {
  const [left, right] = [a, b].map((one) => (isListed(one) ? one.startedAt : ""));
  return (right ?? "").localeCompare(left ?? "");
}
