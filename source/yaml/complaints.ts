/** Tells what is wrong with a document in the words of whoever wrote it. */
import { z } from "zod";
import { type Complaint, child, keyOf, type Located, quote } from "./located.ts";
import { didYouMean } from "./suggest.ts";

type Issue = z.core.$ZodIssue;
export type Path = readonly PropertyKey[];

export interface Complaining {
  readonly root: Located;
  readonly schema: z.core.$ZodType;
  /** Words for places that the author has better words for than a key. */
  nameOf?(path: Path): string | undefined;
}

/** One complaint for each issue, at the place it is about. */
export function complaintsOf(
  at: Complaining,
  issues: readonly Issue[],
  above: Path = [],
): readonly Complaint[] {
  return issues.flatMap((issue) => complaintsOfOne(at, issue, [...above, ...issue.path]));
}

function complaintsOfOne(at: Complaining, issue: Issue, path: Path): readonly Complaint[] {
  const node = find(at.root, path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey(at, path, key));
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    return unionComplaints(at, issue, path);
  }
  if (issue.code === "invalid_key") {
    const key = String(path.at(-1) ?? "");
    const start = keyOf(find(at.root, path.slice(0, -1)), key)?.start ?? at.root.start;
    return [{ at: start, message: `${quote(key)} ${issue.issues[0]?.message ?? "is no name"}` }];
  }
  if (node === undefined) return [missing(at, path)];
  return [{ at: node.start, ...valueProblem(issue, nameOf(at, path), node) }];
}

/** Of the alternatives, only the one that was meant is worth complaining about. */
function unionComplaints(
  at: Complaining,
  issue: Extract<Issue, { code: "invalid_union" }>,
  path: Path,
): readonly Complaint[] {
  const node = find(at.root, path);
  if (node === undefined) return [missing(at, path)];
  const fitting = issue.errors.filter((issues) => !issues.some((each) => isWrongKind(each, node)));
  if (fitting.length === 0) {
    const kinds = issue.errors.flatMap((issues) => issues.flatMap(expectedKind));
    return [{ at: node.start, ...wrongKind(orList(kinds), nameOf(at, path), node) }];
  }
  // Of several that fit so far, the one that got furthest.
  const [meant = []] = fitting.toSorted((a, b) => depthOf(b) - depthOf(a));
  return complaintsOf(at, meant, path);
}

function isWrongKind(issue: Issue, node: Located): boolean {
  if (issue.path.length > 0) return false;
  const choice = issue.code === "invalid_value" && node.kind !== "scalar";
  const number = node.kind === "scalar" && typeof node.value !== "string";
  return issue.code === "invalid_type" || choice || (issue.code === "invalid_value" && number);
}

function expectedKind(issue: Issue): readonly string[] {
  if (issue.code === "invalid_type") return [KINDS[issue.expected] ?? issue.expected];
  return issue.code === "invalid_value" ? ["text"] : [];
}

function orList(kinds: readonly string[]): string {
  return [...new Set(kinds)].join(" or ");
}

function depthOf(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

function wrongKind(expected: string, name: string, node: Located): Omit<Complaint, "at"> {
  const message = `${name} must be ${expected}, not ${describe(node)}`;
  const unquoted = expected.includes("text") && node.kind === "scalar" && node.value !== null;
  return unquoted ? { message, hint: `Put it in quotes: "${String(node.value)}".` } : { message };
}

function valueProblem(issue: Issue, name: string, node: Located): Omit<Complaint, "at"> {
  switch (issue.code) {
    case "invalid_type":
      return wrongKind(expectedKind(issue).join(""), name, node);
    case "invalid_union":
    case "invalid_value": {
      const values = issue.code === "invalid_value" ? issue.values.map(String) : [];
      const written = node.kind === "scalar" ? String(node.value) : "";
      const hint = didYouMean(written, values, "Known are");
      return { message: `${name} cannot be ${describe(node)}`, ...(hint === "" ? {} : { hint }) };
    }
    case "too_small":
      return { message: `${name} ${tooSmall(issue.origin, issue.minimum)}` };
    case "too_big":
      return { message: `${name} must be at most ${issue.maximum}${unit(issue.origin)}` };
    case "custom":
    case "invalid_format":
      return { message: `${name} ${describe(node)} ${issue.message}` };
    default:
      return { message: `${name} ${issue.message}` };
  }
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

function tooSmall(origin: string, minimum: number | bigint): string {
  const counted = origin === "string" || origin === "array";
  if (counted && minimum === 1) return "must not be empty";
  return `must be at least ${minimum}${unit(origin)}`;
}

function unit(origin: string): string {
  return origin === "string" ? " characters long" : "";
}

function describe(node: Located): string {
  if (node.kind === "map") return "a mapping";
  if (node.kind === "list") return "a list";
  if (node.value === null) return "nothing";
  return typeof node.value === "string"
    ? quote(node.value)
    : `the ${typeof node.value} ${node.value}`;
}

function missing(at: Complaining, path: Path): Complaint {
  const holder = path.slice(0, -1);
  const key = quote(String(path.at(-1)));
  const start = (find(at.root, holder) ?? at.root).start;
  return { at: start, message: `${nameOf(at, holder)} has no ${key}`, hint: `Add the key ${key}.` };
}

function unknownKey(at: Complaining, path: Path, key: string): Complaint {
  const { root, schema } = at;
  const holder = find(root, path);
  const start = keyOf(holder, key)?.start ?? root.start;
  const hint = didYouMean(key, keysAt(schema, path, holder), "Known keys are");
  const message = `unknown key ${quote(key)} in ${nameOf(at, path)}`;
  return hint === "" ? { at: start, message } : { at: start, message, hint };
}

function nameOf(at: Complaining, path: Path): string {
  const name = at.nameOf?.(path);
  if (name !== undefined) return name;
  const last = path.at(-1);
  if (last === undefined) return "the file";
  return typeof last === "number"
    ? `entry ${last + 1} of ${nameOf(at, path.slice(0, -1))}`
    : quote(String(last));
}

function find(root: Located, path: Path): Located | undefined {
  return path.reduce<Located | undefined>((node, key) => child(node, key), root);
}

/** Keys the schema knows at a path; of a union, those of the alternative the document chose. */
function keysAt(schema: z.core.$ZodType, path: Path, node: Located | undefined): readonly string[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodUnion) {
    const options: readonly z.core.$ZodType[] = inner.options;
    return [...new Set(options.flatMap((option) => keysAt(option, path, node)))];
  }
  const [key, ...rest] = path;
  if (key === undefined) return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
  if (inner instanceof z.ZodArray) return keysAt(inner.element, rest, node);
  if (inner instanceof z.ZodRecord) return keysAt(inner.valueType, rest, node);
  const next = inner instanceof z.ZodObject ? inner.shape[String(key)] : undefined;
  return next === undefined ? [] : keysAt(next, rest, node);
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const wrapped =
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault;
  return wrapped ? unwrap(schema.unwrap()) : schema;
}
