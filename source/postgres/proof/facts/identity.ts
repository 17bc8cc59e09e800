/** Stable names of objects, from how the server quotes them. */
import { display } from "../../display.ts";
import { showName } from "../../identifiers.ts";

const QUOTED = /"((?:[^"]|"")*)"/gu;

/**
 * `public."user"` becomes `public.user`, since which words need quotes differs between versions;
 * what a terminal would act on is spelled out.
 */
export function displayIdentity(identity: string): string {
  return display(
    identity.replace(QUOTED, (_whole, inner: string) => displayPart(inner.replaceAll('""', '"'))),
  );
}

function displayPart(name: string): string {
  // As a key of an object this name alone would mean something else.
  if (name === "__proto__") return showName(name);
  return /^[a-z_][a-z0-9_$]*$/u.test(name) ? name : showName(name);
}
