/**
 * What a database held throughout the time between two readings of it. A provider's snapshot is
 * taken at a moment that nobody here chooses: whatever is the same in a reading before and one
 * after it is taken to have been so at that moment, and the rest cannot be judged. Pure.
 */
import { fail, ok, type Result } from "../../problem.ts";
import { displayList } from "../display.ts";
import type { Manifest, ManifestTable } from "../manifest.ts";
import type { Restored } from "./compare.ts";
import { nameOf, sameFingerprint } from "./compare-rows.ts";
import { keyOf } from "./sequences.ts";

export interface Between {
  /** Of what was alike in both. */
  readonly manifest: Manifest;
  /** Tables that changed in between, by name. */
  readonly changed: readonly string[];
  /** Of the copy, without what cannot be judged. */
  comparable(restored: Restored): Restored;
}

export function between(before: Manifest, after: Manifest): Result<Between> {
  const unlike = whyUnlike(before, after);
  if (unlike !== undefined) {
    return fail({
      code: "failed",
      message: `The two manifests are not of the same thing: ${unlike}.`,
      hint: "Take both of the same database, in the same drill.",
    });
  }
  const later = new Map(after.tables.map((table) => [keyOf(table), table]));
  const alike = before.tables.filter((table) => isAlike(table, later.get(keyOf(table))));
  const kept = new Set(alike.map(keyOf));
  const apart = [...before.tables, ...after.tables].filter((table) => !kept.has(keyOf(table)));
  const left = new Set(apart.map(keyOf));
  const changed = [...new Set(apart.map(nameOf))];
  const sequences = joinedSequences(before, after);
  const sameObjects = JSON.stringify(before.largeObjects) === JSON.stringify(after.largeObjects);
  const { largeObjects: _, factsAfter: __, ...rest } = before;
  const factsAfter = after.factsAfter ?? after.facts;
  return ok({
    manifest: {
      ...rest,
      tables: alike,
      sequences: sequences.joined,
      ...(sameObjects && before.largeObjects !== undefined
        ? { largeObjects: before.largeObjects }
        : {}),
      ...(factsAfter === undefined ? {} : { factsAfter }),
      notCovered: [
        ...new Set([
          ...before.notCovered,
          ...after.notCovered,
          ...named("tables that changed between the two readings of the source", changed),
          ...named("sequences that came or went between them", sequences.gone),
          ...(sameObjects ? [] : ["large objects: they changed between the two readings"]),
        ]),
      ],
    },
    changed,
    comparable: (restored) => ({
      ...restored,
      tables: restored.tables.filter((table) => !left.has(keyOf(table))),
      sequences: restored.sequences.filter((one) => !sequences.goneKeys.has(keyOf(one))),
      ...(sameObjects ? {} : { largeObjects: undefined }),
    }),
  });
}

function isAlike(one: ManifestTable, other: ManifestTable | undefined): boolean {
  if (other === undefined || one.rows !== other.rows) return false;
  if (one.kind !== other.kind || one.owner !== other.owner) return false;
  const [left, right] = [one.fingerprint, other.fingerprint];
  if (left === undefined || right === undefined) return left === right;
  return sameFingerprint(left, right);
}

function joinedSequences(before: Manifest, after: Manifest) {
  const later = new Map(after.sequences.map((one) => [keyOf(one), one]));
  const joined = before.sequences.flatMap(({ archived: _, ...one }) => {
    const other = later.get(keyOf(one));
    return other === undefined ? [] : [{ ...one, to: other.to }];
  });
  const both = new Set(joined.map(keyOf));
  const gone = [...before.sequences, ...after.sequences].filter((one) => !both.has(keyOf(one)));
  return { joined, gone: [...new Set(gone.map(nameOf))], goneKeys: new Set(gone.map(keyOf)) };
}

function whyUnlike(before: Manifest, after: Manifest): string | undefined {
  if (before.server.systemIdentifier !== after.server.systemIdentifier) return "other servers";
  if (before.database !== after.database) return "other databases";
  if (before.level !== after.level || before.sample !== after.sample) return "another depth";
  return before.encoding === after.encoding ? undefined : "another encoding";
}

function named(label: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${label}: ${displayList(names, MOST_NAMED)}`];
}

/** An auditor wants each by name; a bound keeps a log entry readable. */
const MOST_NAMED = 50;
