/**
 * Positions of sequences. They ignore snapshots, so the primary's are read before and after the
 * dump: when both are equal, the archive holds exactly that; else something between.
 */
import { ok, type Result } from "../../problem.ts";
import { quoteIdent, quoteLiteral } from "../identifiers.ts";
import type { ManifestSequence, SequencePosition } from "../manifest.ts";
import type { Session } from "../session.ts";
import { isTrue, textOf } from "../with-session.ts";
import type { CatalogueSequence } from "./catalogue.ts";

export interface SequenceReading extends CatalogueSequence {
  readonly position: SequencePosition;
}

const CHUNK = 200;

/** Sequences this user may not read are left out. */
export async function readSequences(
  session: Session,
  sequences: readonly CatalogueSequence[],
): Promise<Result<readonly SequenceReading[]>> {
  const readable = sequences.filter((sequence) => sequence.readable);
  const readings: SequenceReading[] = [];
  for (let at = 0; at < readable.length; at += CHUNK) {
    const chunk = readable.slice(at, at + CHUNK);
    const rows = await session.query(chunk.map(readStatement).join("\nUNION ALL\n"));
    if (!rows.ok) return rows;
    const positions = new Map(
      rows.value.map((row) => [
        textOf(row, "place"),
        { value: textOf(row, "value"), called: isTrue(row, "called") },
      ]),
    );
    for (const [place, sequence] of chunk.entries()) {
      const position = positions.get(String(place));
      if (position !== undefined) readings.push({ ...sequence, position });
    }
  }
  return ok(readings);
}

function readStatement({ schema, name }: CatalogueSequence, place: number): string {
  return `SELECT ${quoteLiteral(String(place))} AS place, last_value::text AS value, is_called::text AS called FROM ${quoteIdent(schema)}.${quoteIdent(name)}`;
}

/** Joins two readings; one that vanished in between is left out. */
export function joinReadings(
  before: readonly SequenceReading[],
  after: readonly SequenceReading[],
): readonly ManifestSequence[] {
  const later = new Map(after.map((reading) => [keyOf(reading), reading]));
  return before.flatMap(({ schema, name, increment, position }) => {
    const end = later.get(keyOf({ schema, name }));
    return end === undefined ? [] : [{ schema, name, increment, from: position, to: end.position }];
  });
}

export function keyOf({ schema, name }: { readonly schema: string; readonly name: string }) {
  return JSON.stringify([schema, name]);
}

export type SequenceVerdict = "equal" | "different" | "not-comparable";

/** Where between the two readings a restored position lies. */
export function judgeSequence(
  { from, to, archived, increment }: ManifestSequence,
  observed: SequencePosition,
): SequenceVerdict {
  const exact = archived ?? (from.value === to.value && from.called === to.called ? from : null);
  if (exact !== null) {
    const same = observed.value === exact.value && observed.called === exact.called;
    return same ? "equal" : "different";
  }
  const step = BigInt(increment);
  const forward = step > 0n ? 1n : -1n;
  const next = ({ value, called }: SequencePosition) =>
    forward * (BigInt(value) + (called ? step : 0n));
  const [start, end, seen] = [next(from), next(to), next(observed)];
  // Set back or wrapped around while the dump ran: any value may have been dumped.
  if (end < start) return "not-comparable";
  return seen >= start && seen <= end ? "equal" : "different";
}

export function describePosition({ value, called }: SequencePosition): string {
  return called ? value : `${value}, not called yet`;
}

export function describeRange({ from, to, archived }: ManifestSequence): string {
  if (archived !== undefined) return describePosition(archived);
  const [start, end] = [describePosition(from), describePosition(to)];
  return start === end ? start : `from ${start} to ${end}`;
}

/** Sequences that moved while the dump ran: only the archive knows which value it holds. */
export function moved({ from, to }: ManifestSequence): boolean {
  return from.value !== to.value || from.called !== to.called;
}

/** The archive's own values, where they can be true. */
export function withArchived(
  sequences: readonly ManifestSequence[],
  archived: readonly { schema: string; name: string; position: SequencePosition }[],
): readonly ManifestSequence[] {
  const positions = new Map(archived.map((one) => [keyOf(one), one.position]));
  return sequences.map((sequence) => {
    const position = positions.get(keyOf(sequence));
    const believed =
      position !== undefined && moved(sequence) && judgeSequence(sequence, position) === "equal";
    return believed ? { ...sequence, archived: position } : sequence;
  });
}
