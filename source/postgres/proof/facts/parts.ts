/** What goes with an object when that is gone, so that each loss is told once. Pure. */
import { displayIdentity } from "./identity.ts";
import type { Departure } from "./rules.ts";

/** Objects of these kinds are named after the object they describe. */
const DESCRIPTIONS = new Set(["comment", "grants", "security label"]);

/** Only these take their parts with them: another loss must never hide one of theirs. */
const RELATIONS = new Set(["table", "view", "materialized view"]);

/** Properties of an object, told as a kind of their own: the object itself may still be there. */
const PROPERTIES = new Set([
  "collation version",
  "column order",
  "database",
  "disabled foreign-key triggers",
  "outdated collation",
  "populated",
  "read by",
  "setting",
]);

/** Departures without those that follow from another one. */
export function withoutParts(departures: readonly Departure[]): readonly Departure[] {
  const gone = departures.filter(
    ({ kind, expected, observed }) =>
      !DESCRIPTIONS.has(kind) &&
      !PROPERTIES.has(kind) &&
      (expected === undefined || observed === undefined),
  );
  const namesOf = (missing: boolean, relationsOnly: boolean) =>
    new Set(
      gone
        .filter((one) => isMissing(one) === missing && (!relationsOnly || RELATIONS.has(one.kind)))
        .map(({ object }) => object),
    );
  const missing = { relations: namesOf(true, true), all: namesOf(true, false) };
  const extra = { relations: namesOf(false, true), all: namesOf(false, false) };
  return departures.filter((departure) => {
    if (departure.expected !== undefined && departure.observed !== undefined) return true;
    const side = isMissing(departure) ? missing : extra;
    const wholes = DESCRIPTIONS.has(departure.kind) ? side.all : side.relations;
    return !wholesOf(departure).some((object) => wholes.has(object));
  });
}

function isMissing({ observed }: Departure): boolean {
  return observed === undefined;
}

/** Names of objects that this one may be a part of. */
function wholesOf({ kind, object, expected, observed }: Departure): readonly string[] {
  const definition = expected ?? observed ?? "";
  if (DESCRIPTIONS.has(kind)) return describedBy(object);
  if (kind === "column") return [parentOf(object)];
  if (kind === "index") return named(definition, / ON (?:ONLY )?(.+?) USING /u);
  if (kind === "sequence")
    return named(definition, /^(?:owned by|identity of) (.+)$/mu).map(parentOf);
  if (kind === "statistics object") return named(definition, / FROM (.+)$/mu);
  if (kind === "published table") return [object.replace(/ in [^.]*$/u, "")];
  return onWhat(object);
}

/** `trigger t on public.games`, `table column public.games.id`, `function public.f(integer)`. */
function describedBy(described: string): readonly string[] {
  const name = described.replace(/ by [^ ]+$/u, "").replace(/^(?:[a-z-]+ )+/u, "");
  return [name, parentOf(name), ...onWhat(described)];
}

/** `public.games` of `games_pkey on public.games`. */
function onWhat(object: string): readonly string[] {
  const at = object.lastIndexOf(" on ");
  return at < 0 ? [] : [object.slice(at + " on ".length)];
}

/** `public.games` of `public.games.id`. */
function parentOf(column: string): string {
  return column.replace(/\.(?:"(?:[^"\\]|\\.)*"|[^".]*)$/u, "");
}

function named(definition: string, pattern: RegExp): readonly string[] {
  const identity = pattern.exec(definition)?.[1];
  return identity === undefined ? [] : [displayIdentity(identity)];
}
