/** Reads the integers and texts of pg_dump's archives. */

/** More bytes are needed than there are. */
export class Underflow extends Error {}

export class ArchiveBytes {
  readonly #bytes: Buffer;
  #at: number;
  /** Of integers, set by the header. */
  integerBytes = 4;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  byte(): number {
    return this.skip(1).readUInt8(0);
  }

  /** A sign byte, then the magnitude, least significant byte first. */
  integer(): number {
    const negative = this.byte() !== 0;
    let value = 0;
    for (const [place, byte] of this.skip(this.integerBytes).entries())
      value += byte * 256 ** place;
    return negative ? -value : value;
  }

  /** undefined for NULL. */
  text(): string | undefined {
    const length = this.integer();
    return length < 0 ? undefined : this.skip(length).toString("utf8");
  }

  skip(count: number): Buffer {
    const end = this.#at + count;
    if (end > this.#bytes.length) throw new Underflow();
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }
}
