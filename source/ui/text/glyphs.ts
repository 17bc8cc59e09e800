/** Marks that tell states apart without colour, each with one ASCII character that stands in for it. */
import type { ItemStatus } from "../../drill/verdict.ts";
import type { Tone } from "./rows.ts";

export const STATUS_MARK: Readonly<Record<ItemStatus, string>> = {
  pending: "○",
  running: "●",
  awaiting: "◆",
  passed: "✓",
  failed: "✗",
  interrupted: "!",
  skipped: "–",
  "not-applicable": "·",
  deviation: "~",
  stale: "↻",
};

export const STATUSES: readonly ItemStatus[] = [
  "pending",
  "running",
  "awaiting",
  "passed",
  "failed",
  "interrupted",
  "skipped",
  "not-applicable",
  "deviation",
  "stale",
];

export const STATUS_TONE: Readonly<Record<ItemStatus, Tone | undefined>> = {
  pending: "muted",
  running: "info",
  awaiting: "warn",
  passed: "good",
  failed: "bad",
  interrupted: "bad",
  skipped: "muted",
  "not-applicable": "muted",
  deviation: "warn",
  stale: "warn",
};

export const STATUS_WORD: Readonly<Record<ItemStatus, string>> = {
  pending: "pending",
  running: "running",
  awaiting: "waiting for you",
  passed: "passed",
  failed: "failed",
  interrupted: "outcome unknown",
  skipped: "skipped",
  "not-applicable": "not applicable",
  deviation: "deviation",
  stale: "to run again",
};

const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;

export function spinner(now: number): string {
  return SPINNER[Math.floor(now / 500) % SPINNER.length] ?? "●";
}

const STAND_INS: Readonly<Record<string, string>> = {
  "○": "o",
  "●": "*",
  "◆": "?",
  "✓": "+",
  "✗": "x",
  "–": "-",
  "·": ".",
  "↻": "@",
  "❯": ">",
  "▶": ">",
  "→": ">",
  "←": "<",
  "↑": "^",
  "↓": "v",
  "─": "-",
  "━": "=",
  "┬": "+",
  "┴": "+",
  "│": "|",
  "▁": "_",
  "▂": ".",
  "▃": ":",
  "▄": "-",
  "▅": "=",
  "▆": "+",
  "▇": "*",
  "█": "#",
  "░": ".",
  "…": "~",
  "—": "-",
  "⏎": "/",
  ...Object.fromEntries(SPINNER.map((frame, index) => [frame, "|/-\\"[index % 4] ?? "*"])),
};

const REPLACED = new RegExp(`[${Object.keys(STAND_INS).join("")}]`, "gu");

/** The same text in ASCII, column for column; other people's text stays as it is. */
export function toAscii(text: string): string {
  return text.replace(REPLACED, (glyph) => STAND_INS[glyph] ?? glyph);
}

/** Terminals not to be trusted with more than ASCII: the Linux console, other locales. */
export function wantsAscii(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  return env.TERM === "linux" || (locale !== "" && !/utf-?8/i.test(locale));
}
