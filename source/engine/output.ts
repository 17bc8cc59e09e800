/** The last lines of each step, for the screen. The whole output is in the spool. */
import type { OutputLine, OutputView } from "./interface.ts";

const KEPT_LINES = 5000;

export interface OutputBuffer {
  add(step: string, line: OutputLine): void;
  clear(step: string): void;
  view(step: string): OutputView;
}

export function createOutputBuffer(kept = KEPT_LINES): OutputBuffer {
  const buffers = new Map<string, { lines: OutputLine[]; total: number }>();
  const of = (step: string) => {
    const found = buffers.get(step) ?? { lines: [], total: 0 };
    buffers.set(step, found);
    return found;
  };
  return {
    add(step, line) {
      const buffer = of(step);
      buffer.lines.push(line);
      buffer.total += 1;
      // Trimmed in batches: shifting one by one costs too much on a million lines.
      if (buffer.lines.length > kept * 2) buffer.lines.splice(0, buffer.lines.length - kept);
    },
    clear(step) {
      buffers.delete(step);
    },
    view(step) {
      const buffer = buffers.get(step);
      if (buffer === undefined) return { lines: [], total: 0 };
      return { lines: buffer.lines.slice(-kept), total: buffer.total };
    },
  };
}
