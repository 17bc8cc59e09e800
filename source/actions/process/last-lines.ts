/** The newest lines of a process, for telling why it died. */

const KEPT = 10;

export interface LastLines {
  add(text: string): void;
  /** `: line; line`, or nothing when it said nothing. */
  told(): string;
}

export function createLastLines(): LastLines {
  const lines: string[] = [];
  return {
    add(text) {
      if (text.trim() === "") return;
      lines.push(text.trim());
      if (lines.length > KEPT) lines.shift();
    },
    told: () =>
      lines.length === 0 ? ", without a word" : `. Its last lines: ${lines.join(" | ")}`,
  };
}
