/** Reads a checklist from a file. */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { quote } from "../yaml/located.ts";
import { type ChecklistResult, parseChecklist } from "./parse.ts";
import type { ActionCatalogue } from "./types.ts";

const LARGEST_BYTES = 1024 * 1024;

/** Every problem is an `invalid` one; `where` is `file:line:column`, or the file. */
export async function loadChecklist(
  file: string,
  catalogue: ActionCatalogue,
  offered: Iterable<string>,
): Promise<ChecklistResult> {
  const absolute = path.resolve(file);
  const read = await loadText(absolute);
  if (!read.ok) return { ok: false, problems: [read.problem] };
  const { text, digest } = read.value;
  return parseChecklist(text, { path: absolute, digest }, { catalogue, offered });
}

export interface LoadedText {
  readonly text: string;
  /** `sha256:` and 64 hex digits, over the bytes. */
  readonly digest: string;
}

export async function loadText(file: string): Promise<Result<LoadedText>> {
  const bytes = await readDocumentFile(file);
  if (!bytes.ok) return bytes;
  const text = decode(bytes.value);
  if (text === undefined) {
    return fail(problem(file, "the file is not UTF-8 text", "Save it as UTF-8."));
  }
  const digest = `sha256:${createHash("sha256").update(bytes.value).digest("hex")}`;
  return ok({ text, digest });
}

/** A named pipe or a device would block or never end, so only regular files are read. */
async function readDocumentFile(file: string): Promise<Result<Buffer>> {
  try {
    const facts = await stat(file);
    if (!facts.isFile()) return fail(notAFile(file));
    if (facts.size > LARGEST_BYTES) return fail(tooLarge(file));
    return ok(await readFile(file));
  } catch (error) {
    return fail(unreadable(file, error));
  }
}

function notAFile(file: string): Problem {
  return problem(file, `${quote(path.basename(file))} is not a file`, "Give a YAML file.");
}

function tooLarge(file: string): Problem {
  return problem(
    file,
    "the file is larger than 1 MiB",
    "A document of this kind is a few kilobytes.",
  );
}

function unreadable(file: string, error: unknown): Problem {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOENT") {
    return problem(file, `there is no file ${quote(path.basename(file))}`, "Check the path.");
  }
  const reason = error instanceof Error ? error.message : String(error);
  return problem(file, `the file cannot be read: ${reason}`, "Check its permissions.");
}

function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function problem(where: string, message: string, hint: string): Problem {
  return { code: "invalid", message, where, hint };
}
