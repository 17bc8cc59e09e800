/** Makes program output safe to show: everything a terminal acts on goes, except colour. */

/** String sequences (OSC, DCS, SOS, PM, APC), ended by BEL or ST, or never. */
const STRINGS =
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|(?=\u001b)|$)/g;
/** CSI: parameters, intermediates, final. Cut-off ones too. */
const CSI = /(?:\u001b\[|\u009b)([0-?]*)([ -/]*)([@-~]?)/g;
/** Two-character and longer escapes that are neither strings nor CSI. */
const ESCAPES = /\u001b(?!\[)(?:[ -/]*[0-~])?/g;
/** C0 but tab, and escapes of colours that were kept; DEL; C1; what turns or hides text. */
const CONTROLS =
  /[\u0000-\u0008\u000a-\u001a\u001c-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const SGR = /\u001b\[[0-9;:]*m/g;
const SAFE_SGR = /^[0-9;:]*$/;
/** Longest colour sequence kept; a longer one is an attack, not a colour. */
const LONGEST_SGR = 64;

/**
 * One line of output, cleaned. Colour (SGR) is kept and closed at the end of the line; a line rewritten
 * with carriage returns or backspaces shows what was left standing.
 */
export function cleanLine(line: string): string {
  const shown = lastRewrite(line.replace(STRINGS, ""))
    .replace(CSI, keepColour)
    .replace(ESCAPES, "")
    .replace(CONTROLS, (control) => (control === "\u0008" ? "\u0008" : ""));
  const text = eraseBackspaced(shown);
  return closeColour(text);
}

/** Without colour as well: for logs, exports and comparisons. */
export function plainLine(line: string): string {
  return cleanLine(line).replace(SGR, "");
}

function lastRewrite(line: string): string {
  const segments = line.replace(/\r+$/, "").split("\r");
  return segments.findLast((segment) => segment !== "") ?? "";
}

function keepColour(_all: string, parameters: string, between: string, final: string): string {
  const colour = final === "m" && between === "" && SAFE_SGR.test(parameters);
  return colour && parameters.length <= LONGEST_SGR ? `\u001b[${parameters}m` : "";
}

/** Backspace takes the character before it; colours in between stay. */
function eraseBackspaced(line: string): string {
  if (!line.includes("\u0008")) return line;
  const kept: string[] = [];
  for (const piece of line.match(/\u001b\[[0-9;:]*m|[\s\S]/gu) ?? []) {
    if (piece !== "\u0008") kept.push(piece);
    else {
      const last = kept.findLastIndex((candidate) => !candidate.startsWith("\u001b"));
      if (last >= 0) kept.splice(last, 1);
    }
  }
  return kept.join("");
}

function closeColour(line: string): string {
  const last = line.match(SGR)?.at(-1);
  const open = last !== undefined && !/^\u001b\[0*m$/.test(last);
  return open ? `${line}\u001b[0m` : line;
}
