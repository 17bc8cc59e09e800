/** Makes program output safe to show: everything a terminal acts on goes, except colour. */

/** OSC, DCS, SOS, PM, APC: ended by BEL or ST, or by whatever escape comes next, or never. */
const STRING =
  "(?:\\u001b[\\]PX^_]|[\\u009d\\u0090\\u0098\\u009e\\u009f])[^\\u0007\\u001b\\u009c]*(?:\\u0007|\\u001b\\\\|\\u009c)?";
/** Parameters, intermediates, final; cut-off ones too. */
const CSI = "(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]?";
const ESCAPE = "\\u001b(?:[ -/]*[0-~])?";
/** C0 but tab, DEL, C1, and what turns or hides text. */
const CONTROL =
  "[\\u0000-\\u0008\\u000a-\\u001f\\u007f-\\u009f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff]";
/** One pass, so that taking one sequence out cannot put another together. */
const SEQUENCES = new RegExp(`${STRING}|${CSI}|${ESCAPE}|${CONTROL}`, "g");

/** A colour: short, and nothing but numbers. */
const COLOUR = /^(?:\u001b\[|\u009b)([0-9;:]{0,64})m$/;
const EVERY_COLOUR = /\u001b\[[0-9;:]*m/g;
const RESET = "\u001b[0m";

/**
 * One line of output, cleaned. Colour (SGR) is kept and closed at the end; a line rewritten with carriage
 * returns or backspaces shows what was left standing.
 */
export function cleanLine(line: string): string {
  const shown = line.replace(SEQUENCES, keepOrDrop);
  return closeColour(eraseBackspaced(lastRewrite(shown)));
}

/** Without colour as well: for logs, exports and comparisons. */
export function plainLine(line: string): string {
  return cleanLine(line).replace(EVERY_COLOUR, "");
}

function keepOrDrop(sequence: string): string {
  if (sequence === "\r" || sequence === "\b") return sequence;
  const colour = COLOUR.exec(sequence)?.[1];
  return colour === undefined ? "" : `\u001b[${colour}m`;
}

function lastRewrite(line: string): string {
  return line.split("\r").findLast((segment) => segment !== "") ?? "";
}

/** A backspace takes the character before it; colours in between stay. */
function eraseBackspaced(line: string): string {
  if (!line.includes("\b")) return line;
  const shown: string[] = [];
  const colours: string[] = [];
  for (const piece of line.match(/\u001b\[[0-9;:]*m|[\s\S]/gu) ?? []) {
    if (piece === "\b") shown.pop();
    else if (piece.startsWith("\u001b")) colours.push(piece);
    else shown.push(colours.splice(0).join("") + piece);
  }
  return shown.join("") + colours.join("");
}

function closeColour(line: string): string {
  const last = line.match(EVERY_COLOUR)?.at(-1);
  const open = last !== undefined && !/^\u001b\[0*m$/.test(last);
  return open ? line + RESET : line;
}
