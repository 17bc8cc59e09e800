/** Takes secret values out of text, wherever they turn up. */
import { CUT_MARK } from "./lines.ts";

export const MASK = "••••";

export interface Redactor {
  redact(text: string): string;
}

/** Learns of secrets that are made, or read, while the drill runs. */
export interface LearningRedactor extends Redactor {
  learn(secret: string): void;
}

/** Shorter values are masked only where they stand alone: `a` must not black out every word. */
const SUBSTRING_LENGTH = 4;

/**
 * Also masks the values as they stand in URLs, JSON and SQL, longest first. To be given whole lines: a
 * value that a line end cuts in two is not found (a value that holds line ends is found by line).
 */
export function createRedactor(secrets: Iterable<string>): Redactor {
  const forms = [...new Set([...secrets].flatMap(formsOf))].sort((a, b) => b.length - a.length);
  if (forms.length === 0) return { redact: (text) => text };
  const pattern = new RegExp(forms.map(patternOf).join("|"), "gu");
  return {
    redact: (text) => maskCutEnd(text.replace(pattern, MASK), forms),
  };
}

export function createLearningRedactor(secrets: Iterable<string>): LearningRedactor {
  const known = new Set(secrets);
  let current = createRedactor(known);
  return {
    redact: (text) => current.redact(text),
    learn(secret) {
      if (known.has(secret)) return;
      known.add(secret);
      current = createRedactor(known);
    },
  };
}

function formsOf(secret: string): readonly string[] {
  const lines = secret.includes("\n") ? secret.split(/\r?\n/) : [];
  return [secret, ...lines].filter((value) => value.trim() !== "").flatMap(encodingsOf);
}

function encodingsOf(value: string): readonly string[] {
  const percent = value.isWellFormed() ? encodeURIComponent(value) : value;
  const strict = percent.replace(/[!'()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });
  return [
    value,
    percent,
    strict,
    percent.replaceAll("%20", "+"),
    JSON.stringify(value).slice(1, -1),
    value.replaceAll("'", "''"),
    value.replaceAll(/['\\]/g, "\\$&"),
    value.replaceAll("'", "'\\''"),
  ];
}

function patternOf(form: string): string {
  const escaped = form.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  if (form.length >= SUBSTRING_LENGTH) return escaped;
  return `(?<![\\p{L}\\p{N}_])${escaped}(?![\\p{L}\\p{N}_])`;
}

/** An overlong line may have been cut in the middle of a value. */
function maskCutEnd(text: string, forms: readonly string[]): string {
  if (!text.endsWith(CUT_MARK)) return text;
  const kept = text.slice(0, -CUT_MARK.length);
  const longest = forms.reduce((found, form) => Math.max(found, overlap(kept, form)), 0);
  return longest === 0 ? text : kept.slice(0, kept.length - longest) + MASK + CUT_MARK;
}

/** How much of the form's beginning the text ends with. */
function overlap(text: string, form: string): number {
  for (let length = form.length - 1; length > 0; length -= 1) {
    if (text.endsWith(form.slice(0, length))) return length;
  }
  return 0;
}
