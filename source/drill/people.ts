/** Who is who, as far as names can tell. Pure. */
import type { DrillState } from "./state.ts";

/** Case, accents, spaces and punctuation make nobody another person. */
export function sameName(one: string, other: string): boolean {
  return lettersOf(one) === lettersOf(other);
}

/** A name that has letters or digits to tell it from others. */
export function isName(text: string): boolean {
  return lettersOf(text) !== "";
}

/** Everybody who had the drill in hand so far. */
export function operatorsOf({ drill, resumes }: DrillState): readonly string[] {
  return [...(drill === undefined ? [] : [drill.operator]), ...resumes.map((one) => one.operator)];
}

function lettersOf(name: string): string {
  return name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
}
