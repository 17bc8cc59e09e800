/** `${NAME}` in text: where it is, and what is not one. `$${` is a literal `${`. */

export type Fragment =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "reference"; readonly name: string; readonly written: string }
  /** `${` that opens no reference: `${}`, `${X:-y}`, or never closed. */
  | { readonly kind: "malformed"; readonly written: string };

export const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

const OPENING = /\$\$\{|\$\{([^{}\n]*)(\})?/g;

export function fragments(text: string): readonly Fragment[] {
  const found: Fragment[] = [];
  let end = 0;
  for (const match of text.matchAll(OPENING)) {
    if (match.index > end) found.push({ kind: "text", text: text.slice(end, match.index) });
    found.push(fragmentOf(match[0], match[1], match[2]));
    end = match.index + match[0].length;
  }
  if (end < text.length) found.push({ kind: "text", text: text.slice(end) });
  return found;
}

function fragmentOf(written: string, name: string | undefined, closing?: string): Fragment {
  if (name === undefined) return { kind: "text", text: "${" };
  const sound = closing !== undefined && VARIABLE_NAME.test(name);
  return sound ? { kind: "reference", name, written } : { kind: "malformed", written };
}

/** Names referred to, each once, in order. */
export function referencesIn(text: string): readonly string[] {
  const names = fragments(text).flatMap((part) => (part.kind === "reference" ? [part.name] : []));
  return [...new Set(names)];
}
