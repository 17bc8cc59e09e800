/** Text from anywhere made safe to print: nothing in it moves a cursor or turns a line around. */

const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** Invisible marks that reorder or hide what is around them. */
const INVISIBLE = /[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Keeps line breaks and tabs; every other control character is spelled out: `\u{1b}`. */
export function printable(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(CONTROLS, spelled).replace(INVISIBLE, spelled);
}

/** The same on one line. */
export function oneLine(text: string): string {
  return printable(text)
    .trim()
    .replace(/\s*\n\s*/g, " ⏎ ")
    .replaceAll("\t", " ");
}

function spelled(character: string): string {
  return `\\u{${character.charCodeAt(0).toString(16)}}`;
}
