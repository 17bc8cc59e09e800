/** Checks a document against its shape and tells each mismatch in an author's words. */
import { complaintsOf, type Path } from "../yaml/complaints.ts";
import { type Complaint, type Located, plain, quote } from "../yaml/located.ts";
import { type ChecklistDocument, checklistShape } from "./shape.ts";

export type ShapeResult =
  | { readonly ok: true; readonly document: ChecklistDocument }
  | { readonly ok: false; readonly complaints: readonly Complaint[] };

export function checkShape(root: Located): ShapeResult {
  const parsed = checklistShape.safeParse(plain(root), { reportInput: true });
  if (parsed.success) return { ok: true, document: parsed.data };
  const place = { root, schema: checklistShape, nameOf };
  return { ok: false, complaints: complaintsOf(place, parsed.error.issues) };
}

const ENTRIES: ReadonlyMap<PropertyKey | undefined, string> = new Map([
  ["ask", "the question"],
  ["items", "the item"],
  ["sections", "the section"],
  ["steps", "the step"],
]);

function nameOf(path: Path): string | undefined {
  const last = path.at(-1);
  if (last === undefined) return "the checklist";
  if (typeof last === "number") return ENTRIES.get(path.at(-2));
  return path.at(-2) === "variables" ? `variable ${quote(String(last))}` : undefined;
}
