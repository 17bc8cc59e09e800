/** What goes with an object when that is gone, so that each loss is told once. Pure. */
import { displayIdentity } from "./identity.ts";
import type { Departure } from "./rules.ts";

/** Objects of these kinds are named after the object they describe. */
const DESCRIPTIONS = new Set(["comment", "grants", "security label"]);

/** Departures without those that follow from another one. */
export function withoutParts(departures: readonly Departure[]): readonly Departure[] {
  const gone = departures.filter(
    ({ kind, expected, observed }) =>
      !DESCRIPTIONS.has(kind) && (expected === undefined || observed === undefined),
  );
  const missing = new Set(gone.filter(isMissing).map(({ object }) => object));
  const extra = new Set(gone.filter((one) => !isMissing(one)).map(({ object }) => object));
  return departures.filter((departure) => {
    if (departure.expected !== undefined && departure.observed !== undefined) return true;
    const whole = isMissing(departure) ? missing : extra;
    return !wholesOf(departure).some((object) => whole.has(object));
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
