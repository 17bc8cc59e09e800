/** A checklist document, as text, to a checklist or to everything that is wrong with it. */
import type { Problem } from "../problem.ts";
import { readDocument } from "../yaml/document.ts";
import type { Complaint } from "../yaml/located.ts";
import { problemsAt } from "../yaml/parse.ts";
import { buildChecklist } from "./build.ts";
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
  return { ok: false, problems: problemsAt(text, path, complaints) };
}
