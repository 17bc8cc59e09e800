/** How tones look. Colour only says again what a mark and a word say already. */
import { createContext } from "react";
import type { Tone } from "./text/rows.ts";

export interface Theme {
  readonly ascii: boolean;
  readonly links: boolean;
}

export const ThemeContext = createContext<Theme>({ ascii: false, links: true });

const COLOURS: Readonly<Record<Tone, string>> = {
  good: "green",
  bad: "red",
  warn: "yellow",
  info: "blueBright",
  accent: "cyan",
  muted: "gray",
};

export function colourOf(tone: Tone | undefined): string | undefined {
  return tone === undefined ? undefined : COLOURS[tone];
}
