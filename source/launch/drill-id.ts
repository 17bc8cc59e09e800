import { randomInt } from "node:crypto";

const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

/** `drill-20261122-143000-k3f9`: sorts by time, easy to read aloud, a plain file name. */
export function newDrillId(at: string): string {
  const date = at.slice(0, 10).replaceAll("-", "");
  const time = at.slice(11, 19).replaceAll(":", "");
  const tail = Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join("");
  return `drill-${date}-${time}-${tail}`;
}
