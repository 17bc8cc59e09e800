/** Keeps the beginning of a child's output for expectations and captures. */

/** Characters kept of each stream. */
export const KEPT_CHARACTERS = 4 * 1024 * 1024;

export interface OutputCollector {
  add(line: string): void;
  collected(): { readonly text: string; readonly cut: boolean };
}

export function createOutputCollector(): OutputCollector {
  const lines: string[] = [];
  let size = 0;
  let cut = false;
  return {
    add(line) {
      size += line.length + 1;
      if (size > KEPT_CHARACTERS) cut = true;
      else lines.push(line);
    },
    collected: () => ({ text: lines.join("\n"), cut }),
  };
}
