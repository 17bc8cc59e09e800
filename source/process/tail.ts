/** Keeps the last bytes of a stream. */

export const TAIL_BYTES = 65_536;

export interface Tail {
  write(chunk: Uint8Array): void;
  /** What is kept, as text; a character cut in half at the start is left out. */
  text(): string;
}

export function createTail(limit: number = TAIL_BYTES): Tail {
  let chunks: Buffer[] = [];
  let size = 0;

  function compact(): void {
    const all = Buffer.concat(chunks);
    // A copy, so that the large buffer behind it can be let go.
    chunks = [Buffer.from(all.subarray(Math.max(0, all.length - limit)))];
    size = chunks[0]?.length ?? 0;
  }

  return {
    write(chunk) {
      const part = chunk.length > limit ? chunk.subarray(chunk.length - limit) : chunk;
      chunks.push(Buffer.from(part));
      size += part.length;
      if (size > limit * 2) compact();
    },
    text() {
      const whole = size <= limit;
      compact();
      const bytes = chunks[0] ?? Buffer.alloc(0);
      return bytes.subarray(whole ? 0 : firstWholeCharacter(bytes)).toString("utf8");
    },
  };
}

function firstWholeCharacter(bytes: Uint8Array): number {
  let at = 0;
  while (at < 3 && at < bytes.length && ((bytes[at] ?? 0) & 0xc0) === 0x80) at += 1;
  return at;
}
