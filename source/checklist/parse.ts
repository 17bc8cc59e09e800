/** A checklist document, as text, to a checklist or to everything that is wrong with it. */
import { LineCounter } from "yaml";
import type { Problem } from "../problem.ts";
import { buildChecklist } from "./build.ts";
import { readDocument } from "./document.ts";
import type { Complaint } from "./located.ts";
import { checkMeaning } from "./meaning.ts";
import { checkShape } from "./shape-complaints.ts";
import type { ActionCatalogue, Checklist, ChecklistSource } from "./types.ts";

export type ChecklistResult =
  | { readonly ok: true; readonly value: Checklist }
  /** Sorted by position, code `invalid`, `where` is `file:line:column`. Never empty. */
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** What a checklist may rely on. */
export interface ChecklistVocabulary {
  readonly catalogue: ActionCatalogue;
  /** Names of the variables that environments offer, see `OFFERED_VARIABLES`. */
  readonly offered: Iterable<string>;
}

/** More than anybody reads at once; a hostile document could have a million. */
const MOST_PROBLEMS = 50;

export function parseChecklist(
  text: string,
  source: ChecklistSource,
  vocabulary: ChecklistVocabulary,
): ChecklistResult {
  const { root, complaints: unreadable } = readDocument(text);
  if (root === undefined) return failed(unreadable, text, source.path);
  const offered = new Set(vocabulary.offered);
  const meaning = checkMeaning(root, { source: text, catalogue: vocabulary.catalogue, offered });
  const shape = checkShape(root);
  const complaints = [...unreadable, ...meaning, ...(shape.ok ? [] : shape.complaints)];
  if (complaints.length > 0 || !shape.ok) return failed(complaints, text, source.path);
  return { ok: true, value: buildChecklist(shape.document, source) };
}

function failed(complaints: readonly Complaint[], text: string, path: string): ChecklistResult {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
    lines.addNewLine(at + 1);
  }
  const sorted = complaints.toSorted((a, b) => a.at - b.at);
  const problems = sorted.slice(0, MOST_PROBLEMS).map(({ at, message, hint }): Problem => {
    const { line, col } = lines.linePos(at);
    const where = `${path}:${line}:${col}`;
    return { code: "invalid", message, where, ...(hint === undefined ? {} : { hint }) };
  });
  return { ok: false, problems: [...problems, ...leftOut(sorted.length, path)] };
}

function leftOut(count: number, path: string): readonly Problem[] {
  if (count <= MOST_PROBLEMS) return [];
  const message = `${count - MOST_PROBLEMS} more problems are not shown`;
  return [{ code: "invalid", message, where: path }];
}
