/**
 * `log.head`: how many entries the log has, and the hash of the last. A chain cannot show that
 * its end was cut off; this file can, unless whoever cuts also changes it. Keep a copy of it (or
 * of the last hash) elsewhere for proof against that.
 */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { replaceFile } from "../journal/durable.ts";
import { canonicalJson } from "./canonical.ts";

const headSchema = z.object({
  count: z.number().int().nonnegative(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

export type LogHead = z.infer<typeof headSchema>;

export function headPath(log: string): string {
  return join(dirname(log), "log.head");
}

export type HeadFile = LogHead | "missing" | "unreadable";

/** `unreadable` when there is something else in its place. */
export async function readHead(log: string): Promise<HeadFile> {
  try {
    const parsed = headSchema.safeParse(JSON.parse(await readFile(headPath(log), "utf8")));
    return parsed.success ? parsed.data : "unreadable";
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ENOENT"
      ? "missing"
      : "unreadable";
  }
}

export async function writeHead(log: string, head: LogHead): Promise<void> {
  await replaceFile(headPath(log), `${canonicalJson(head)}\n`);
}
