/** Checks a document against its shape and tells each mismatch in an author's words. */
import { z } from "zod";
import { type Complaint, child, keyOf, type Located, plain, quote } from "./located.ts";
import { type ChecklistDocument, checklistShape } from "./shape.ts";
import { didYouMean } from "./suggest.ts";

export type ShapeResult =
  | { readonly ok: true; readonly document: ChecklistDocument }
  | { readonly ok: false; readonly complaints: readonly Complaint[] };

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

export function checkShape(root: Located): ShapeResult {
  const parsed = checklistShape.safeParse(plain(root), { reportInput: true });
  if (parsed.success) return { ok: true, document: parsed.data };
  const complaints = parsed.error.issues.flatMap((issue) => complaintsOf(root, issue, []));
  return { ok: false, complaints };
}

function complaintsOf(root: Located, issue: Issue, above: Path): readonly Complaint[] {
  const path = [...above, ...issue.path];
  if (issue.code === "invalid_union") return unionComplaints(root, issue, path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey(root, path, key));
  }
  if (issue.code === "invalid_key") {
    const at = keyOf(find(root, path.slice(0, -1)), path.at(-1) ?? "")?.start ?? root.start;
    const reason = issue.issues[0]?.message ?? "is not a name";
    return [{ at, message: `${quote(String(path.at(-1)))} ${reason}` }];
  }
  const node = find(root, path);
  return [node === undefined ? missingKey(root, path) : valueComplaint(issue, path, node)];
}

/** Of the alternatives, only the one that was meant is worth complaining about. */
function unionComplaints(
  root: Located,
  issue: Extract<Issue, { code: "invalid_union" }>,
  path: Path,
): readonly Complaint[] {
  const meant = issue.errors.find((issues) => !issues.some(isWrongKind));
  if (meant !== undefined) return meant.flatMap((inner) => complaintsOf(root, inner, path));
  const node = find(root, path);
  if (node === undefined) return [missingKey(root, path)];
  const kinds = issue.errors.flatMap((issues) => issues.filter(isWrongKind).map(expectedKind));
  return [wrongKind([...new Set(kinds)].join(" or "), path, node)];
}

function isWrongKind(issue: Issue): boolean {
  const scalarChoice = issue.code === "invalid_value" && typeof issue.input !== "string";
  return issue.path.length === 0 && (issue.code === "invalid_type" || scalarChoice);
}

const KINDS: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  object: "a mapping",
  record: "a mapping",
  string: "text",
};

function expectedKind(issue: Issue): string {
  return issue.code === "invalid_type" ? (KINDS[issue.expected] ?? issue.expected) : "text";
}

function wrongKind(expected: string, path: Path, node: Located): Complaint {
  const message = `${nameOf(path)} must be ${expected}, not ${describe(node)}`;
  return { at: node.start, message, ...kindHint(expected, node) };
}

function kindHint(expected: string, node: Located): { readonly hint?: string } {
  if (node.kind !== "scalar" || node.value === null || !expected.includes("text")) return {};
  return { hint: `Put it in quotes: "${String(node.value)}".` };
}

function describe(node: Located): string {
  if (node.kind === "map") return "a mapping";
  if (node.kind === "list") return "a list";
  if (node.value === null) return "nothing";
  return typeof node.value === "string"
    ? quote(node.value)
    : `the ${typeof node.value} ${node.value}`;
}

function valueComplaint(issue: Issue, path: Path, node: Located): Complaint {
  const at = node.start;
  const name = nameOf(path);
  switch (issue.code) {
    case "invalid_type":
      return wrongKind(expectedKind(issue), path, node);
    case "invalid_value": {
      const values = issue.values.map(String);
      const written = node.kind === "scalar" ? String(node.value) : "";
      const message = `${name} cannot be ${describe(node)}`;
      return { at, message, hint: didYouMean(written, values, "Known are") };
    }
    case "too_small":
      return { at, message: `${name} ${sizeProblem(issue.origin, "at least", issue.minimum)}` };
    case "too_big":
      return { at, message: `${name} ${sizeProblem(issue.origin, "at most", issue.maximum)}` };
    default:
      return { at, message: `${name} ${describe(node)} ${issue.message}` };
  }
}

function sizeProblem(origin: string, bound: string, limit: number | bigint): string {
  if (bound === "at least" && limit === 1 && origin !== "number" && origin !== "int") {
    return "must not be empty";
  }
  if (origin === "string") return `must be ${bound} ${limit} characters long`;
  if (origin === "array") return `must have ${bound} ${limit} entries`;
  return `must be ${bound} ${limit}`;
}

function missingKey(root: Located, path: Path): Complaint {
  const holder = path.slice(0, -1);
  const at = (find(root, holder) ?? root).start;
  return {
    at,
    message: `${nameOf(holder)} has no ${quote(String(path.at(-1)))}`,
    hint: `Add the key ${quote(String(path.at(-1)))}.`,
  };
}

function unknownKey(root: Located, path: Path, key: string): Complaint {
  const at = keyOf(find(root, path), key)?.start ?? root.start;
  const message = `unknown key ${quote(key)} in ${nameOf(path)}`;
  return { at, message, hint: didYouMean(key, keysAt(checklistShape, path), "Known keys are") };
}

/** `the step`, `variable "X"`, `"timeout"`: the nearest thing an author has a word for. */
function nameOf(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return "the checklist";
  const holder = path.at(-2);
  if (typeof last === "number") {
    const words: Record<string, string> = { ask: "question", items: "item", steps: "step" };
    const word = words[String(holder)] ?? (holder === "sections" ? "section" : undefined);
    return word === undefined ? `an entry of ${quote(String(holder))}` : `the ${word}`;
  }
  return holder === "variables" ? `variable ${quote(String(last))}` : quote(String(last));
}

function find(root: Located, path: Path): Located | undefined {
  return path.reduce<Located | undefined>((node, key) => child(node, key), root);
}

/** Keys that the shape knows at a path. */
function keysAt(shape: z.core.$ZodType, path: Path): readonly string[] {
  const [key, ...rest] = path;
  const inner = unwrap(shape);
  if (inner instanceof z.ZodUnion) {
    return inner.options.flatMap((option: z.core.$ZodType) => keysAt(option, path));
  }
  if (key === undefined) return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
  if (inner instanceof z.ZodArray) return keysAt(inner.element, rest);
  if (inner instanceof z.ZodRecord) return keysAt(inner.valueType, rest);
  const next = inner instanceof z.ZodObject ? inner.shape[String(key)] : undefined;
  return next === undefined ? [] : keysAt(next, rest);
}

function unwrap(shape: z.core.$ZodType): z.core.$ZodType {
  return shape instanceof z.ZodExactOptional ? unwrap(shape.unwrap()) : shape;
}
