/** Commands as an operator could paste them into bash. */

/** Each word quoted where it must be; control characters are spelled out (`$'\n'`). */
export function shellCommand(words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}

/** `NAME=value` words in front of a command, quoted after the sign. */
export function shellAssignments(values: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(values).map(([name, value]) => `${name}=${shellWord(value)}`);
}

export function shellWord(word: string): string {
  if (/^[\w%+,./:=@-]+$/.test(word)) return word;
  if (!UNPRINTABLE.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  const escaped = word.replace(/['\\]/g, "\\$&").replace(EVERY_UNPRINTABLE, escapeOne);
  return `$'${escaped}'`;
}

/** Controls, and what turns the direction of text around. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const EVERY_UNPRINTABLE = new RegExp(UNPRINTABLE, "g");

function escapeOne(character: string): string {
  const short: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
  const code = character.charCodeAt(0).toString(16).padStart(4, "0");
  return short[character] ?? `\\u${code}`;
}
