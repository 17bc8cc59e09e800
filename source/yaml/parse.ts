/** YAML text to checked data, or to everything that is wrong with it. */
import { LineCounter } from "yaml";
import type { z } from "zod";
import type { Problem } from "../problem.ts";
import { complaintsOf } from "./complaints.ts";
import { readDocument } from "./document.ts";
import { type Complaint, type Located, plain } from "./located.ts";

export type YamlResult<T> =
  | { readonly ok: true; readonly value: T }
  /** Sorted by position, code `invalid`, `where` is `file:line:column`. Never empty. */
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** More than anybody reads at once. */
const MOST_PROBLEMS = 50;

export function parseYaml<T>(text: string, file: string, schema: z.ZodType<T>): YamlResult<T> {
  const located = parseLocated(text, file, schema);
  return located.ok ? { ok: true, value: located.value.data } : located;
}

export interface LocatedData<T> {
  readonly data: T;
  /** For complaints about what a schema cannot tell. */
  readonly root: Located;
}

export function parseLocated<T>(
  text: string,
  file: string,
  schema: z.ZodType<T>,
): YamlResult<LocatedData<T>> {
  if (text.trim() === "") {
    return {
      ok: false,
      problems: [{ code: "invalid", message: "the file is empty", where: file }],
    };
  }
  const { root, complaints } = readDocument(text);
  if (root === undefined || complaints.length > 0) {
    return { ok: false, problems: problemsAt(text, file, complaints) };
  }
  const parsed = schema.safeParse(plain(root), { reportInput: true });
  if (parsed.success) return { ok: true, value: { data: parsed.data, root } };
  const wrong = complaintsOf({ root, schema }, parsed.error.issues);
  return { ok: false, problems: problemsAt(text, file, wrong) };
}

/** Complaints with their places worked out, in the order they stand in the file. */
export function problemsAt(
  text: string,
  file: string,
  complaints: readonly Complaint[],
): readonly Problem[] {
  const sorted = distinct(complaints).toSorted((a, b) => a.at - b.at);
  const lines = lineCounter(text);
  const problems = sorted.slice(0, MOST_PROBLEMS).map(({ at, message, hint }): Problem => {
    const { line, col } = lines.linePos(at);
    const where = `${file}:${line}:${col}`;
    return { code: "invalid", message, where, ...(hint === undefined ? {} : { hint }) };
  });
  const left = sorted.length - problems.length;
  if (left === 0) return problems;
  return [...problems, { code: "invalid", message: `${left} more are not shown`, where: file }];
}

/** Two rules may say the same of one value. */
function distinct(complaints: readonly Complaint[]): readonly Complaint[] {
  return [...new Map(complaints.map((each) => [`${each.at} ${each.message}`, each])).values()];
}

function lineCounter(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
    lines.addNewLine(at + 1);
  }
  return lines;
}
