/** What a terminal shows, as SVG. */
import type { IBufferCell, Terminal } from "@xterm/headless";

const CELL = { width: 8.4, height: 18 };
const MARGIN = 12;

/** The sixteen colours of a calm dark terminal. */
const PALETTE = [
  "#1c2128",
  "#f47067",
  "#57ab5a",
  "#c69026",
  "#539bf5",
  "#b083f0",
  "#39c5cf",
  "#adbac7",
  "#768390",
  "#ff938a",
  "#6bc46d",
  "#daaa3f",
  "#6cb6ff",
  "#dcbdfb",
  "#56d4dd",
  "#cdd9e5",
];
const FOREGROUND = "#adbac7";
const BACKGROUND = "#1c2128";

export function terminalSvg(terminal: Terminal, title: string): string {
  const { cols, rows } = terminal;
  const width = Math.ceil(cols * CELL.width) + 2 * MARGIN;
  const height = rows * CELL.height + 2 * MARGIN;
  const lines = Array.from({ length: rows }, (_, y) => lineSvg(terminal, y)).join("\n");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<title>${escapeXml(title)}</title>
<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" xml:space="preserve">
${lines}
</g>
</svg>
`;
}

function lineSvg(terminal: Terminal, y: number): string {
  const { active } = terminal.buffer;
  const line = active.getLine(active.viewportY + y);
  if (line === undefined) return "";
  const runs: { x: number; length: number; text: string; style: CellStyle }[] = [];
  for (let x = 0; x < terminal.cols; x += 1) {
    const cell = line.getCell(x);
    if (cell === undefined || cell.getWidth() === 0) continue;
    const style = styleOf(cell);
    const text = cell.getChars() || " ";
    const last = runs.at(-1);
    if (last !== undefined && sameStyle(last.style, style)) {
      last.text += text;
      last.length += cell.getWidth();
    } else runs.push({ x, length: cell.getWidth(), text, style });
  }
  return runs.map((run) => runSvg(run, y)).join("");
}

interface CellStyle {
  readonly fg: string;
  readonly bg: string;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly underline: boolean;
}

function styleOf(cell: IBufferCell): CellStyle {
  const fg = cell.isFgDefault() ? FOREGROUND : colour(cell.getFgColor(), cell.isFgRGB());
  const bg = cell.isBgDefault() ? BACKGROUND : colour(cell.getBgColor(), cell.isBgRGB());
  const inverse = cell.isInverse() !== 0;
  return {
    fg: inverse ? bg : fg,
    bg: inverse ? fg : bg,
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    underline: cell.isUnderline() !== 0,
  };
}

function colour(value: number, rgb: boolean): string {
  if (rgb) return `#${value.toString(16).padStart(6, "0")}`;
  const named = PALETTE[value];
  if (named !== undefined) return named;
  if (value >= 232) {
    const grey = (8 + (value - 232) * 10).toString(16).padStart(2, "0");
    return `#${grey.repeat(3)}`;
  }
  const level = (n: number) => (n === 0 ? 0 : 55 + n * 40).toString(16).padStart(2, "0");
  const cube = value - 16;
  return `#${level(Math.floor(cube / 36))}${level(Math.floor(cube / 6) % 6)}${level(cube % 6)}`;
}

function sameStyle(a: CellStyle, b: CellStyle): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function runSvg(
  { x, length, text, style }: { x: number; length: number; text: string; style: CellStyle },
  y: number,
): string {
  const left = MARGIN + x * CELL.width;
  const top = MARGIN + y * CELL.height;
  const width = length * CELL.width;
  const back =
    style.bg === BACKGROUND
      ? ""
      : `<rect x="${left}" y="${top}" width="${width}" height="${CELL.height}" fill="${style.bg}"/>`;
  if (text.trim() === "") return back;
  const bold = style.bold ? ' font-weight="bold"' : "";
  const dim = style.dim ? ' opacity="0.6"' : "";
  const underline = style.underline ? ' text-decoration="underline"' : "";
  return `${back}<text x="${left}" y="${top + 13.5}" textLength="${width}" fill="${style.fg}"${bold}${dim}${underline}>${escapeXml(text)}</text>`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
