/** Finds and reads `restore-drill.yaml`. */
import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { complaintsOf } from "../yaml/complaints.ts";
import { type Complaint, child, keyOf, type Located, plain } from "../yaml/located.ts";
import { parseLocated, problemsAt, type YamlResult } from "../yaml/parse.ts";
import { didYouMean } from "../yaml/suggest.ts";
import type { Finding } from "./compose/discover.ts";
import { fileShape, SHAPES, type WrittenEnvironment } from "./config-shape.ts";
import { detectCompose } from "./detect.ts";
import { type Env, resolveEnvironment } from "./resolve.ts";
import type { EnvironmentConfig } from "./types.ts";

export const CONFIG_NAME = "restore-drill.yaml";
export const PRACTICE: EnvironmentConfig = { name: "practice", target: "practice" };

/** One environment of the file; its references are resolved, or the Problem says which cannot be. */
export interface OfferedEnvironment {
  readonly name: string;
  readonly target: EnvironmentConfig["target"];
  readonly config: Result<EnvironmentConfig>;
  /** Read from a Compose project, not from a configuration. */
  readonly detected: boolean;
  /** What was read from it, and where, for the operator to confirm. */
  readonly found?: readonly Finding[];
}

export interface Environments {
  /** Absolute path of the configuration; absent when there is none. */
  readonly path?: string;
  readonly default: string;
  /** Always ends with `practice`. */
  readonly offered: readonly OfferedEnvironment[];
}

export interface ConfigSearch {
  readonly cwd: string;
  /** `--config`. */
  readonly file?: string;
  readonly env: Env;
}

const PRACTICE_OFFER: OfferedEnvironment = {
  name: PRACTICE.name,
  target: "practice",
  config: ok(PRACTICE),
  detected: false,
};

/** Without a file: what a Compose project here says, and `practice`. */
export async function loadEnvironments(search: ConfigSearch): Promise<YamlResult<Environments>> {
  const file =
    search.file === undefined ? await nearest(search.cwd) : resolve(search.cwd, search.file);
  if (file !== undefined) return readConfig(file, search.env);
  const found = await detectCompose(search.cwd, search.env);
  const detected = found === undefined ? [] : [found];
  return {
    ok: true,
    value: { default: PRACTICE.name, offered: [...detected, PRACTICE_OFFER] },
  };
}

async function nearest(directory: string): Promise<string | undefined> {
  const candidate = join(directory, CONFIG_NAME);
  const found = await stat(candidate).catch(() => undefined);
  if (found?.isFile() === true) return candidate;
  const parent = dirname(directory);
  return parent === directory ? undefined : nearest(parent);
}

async function readConfig(file: string, env: Env): Promise<YamlResult<Environments>> {
  const text = await readText(file);
  if (!text.ok) return { ok: false, problems: [text.problem] };
  return parseEnvironments(text.value, file, env);
}

/** The document as text. Complaints are `file:line:column`, all of them at once. */
export function parseEnvironments(text: string, file: string, env: Env): YamlResult<Environments> {
  const parsed = parseLocated(text, file, fileShape);
  if (!parsed.ok) return parsed;
  const { root, data } = parsed.value;
  const names = Object.keys(data.environments);
  const complaints: Complaint[] = [...namingComplaints(root, names, data.default)];
  const written = names.flatMap((name) => {
    const one = writtenEnvironment(root, name);
    if (one.ok) return [{ name, written: one.written }];
    complaints.push(...one.complaints);
    return [];
  });
  if (complaints.length > 0) return { ok: false, problems: problemsAt(text, file, complaints) };
  const offered = written.map((one): OfferedEnvironment => {
    const at = keyOf(child(root, "environments"), one.name)?.start ?? 0;
    const where = problemsAt(text, file, [{ at, message: "" }])[0]?.where ?? file;
    const config = resolveEnvironment({ ...one, directory: dirname(file), where, env });
    return { name: one.name, target: one.written.target, config, detected: false };
  });
  const chosen = data.default ?? names[0] ?? PRACTICE.name;
  return {
    ok: true,
    value: { path: file, default: chosen, offered: [...offered, PRACTICE_OFFER] },
  };
}

type Written =
  | { readonly ok: true; readonly written: WrittenEnvironment }
  | { readonly ok: false; readonly complaints: readonly Complaint[] };

/** Each is checked against the shape of its own target, so that complaints name only its keys. */
function writtenEnvironment(root: Located, name: string): Written {
  const node = child(child(root, "environments"), name) ?? root;
  const schema = SHAPES[child(node, "target") === undefined ? "direct" : targetOf(node)];
  const parsed = schema.safeParse(plain(node), { reportInput: true });
  if (parsed.success) return { ok: true, written: parsed.data };
  const nameOf = (path: readonly PropertyKey[]) =>
    path.length === 0 ? `environment "${name}"` : undefined;
  const literal = parsed.error.issues.some(isPassword) ? [literalPassword(node)] : [];
  const others = parsed.error.issues.filter((issue) => !isPassword(issue));
  return {
    ok: false,
    complaints: [...literal, ...complaintsOf({ root: node, schema, nameOf }, others)],
  };
}

function isPassword(issue: { readonly path: readonly PropertyKey[] }): boolean {
  return issue.path[0] === "password";
}

/** Never repeats the value. */
function literalPassword(node: Located): Complaint {
  return {
    at: child(node, "password")?.start ?? node.start,
    message: "a password must not be written here",
    hint: "Put it in the environment and refer to it: password: ${DB_PASSWORD}",
  };
}

function targetOf(node: Located): keyof typeof SHAPES {
  const target = child(node, "target");
  return target?.kind === "scalar" && target.value === "compose" ? "compose" : "direct";
}

function namingComplaints(
  root: Located,
  names: readonly string[],
  chosen: string | undefined,
): readonly Complaint[] {
  const environments = child(root, "environments");
  const complaints: Complaint[] = [];
  if (names.includes(PRACTICE.name)) {
    complaints.push({
      at: keyOf(environments, PRACTICE.name)?.start ?? 0,
      message: '"practice" is built in and cannot be defined again',
      hint: "Choose another name.",
    });
  }
  if (chosen !== undefined && chosen !== PRACTICE.name && !names.includes(chosen)) {
    complaints.push({
      at: child(root, "default")?.start ?? 0,
      message: `"default" names the environment "${chosen}", which is not there`,
      hint: didYouMean(chosen, [...names, PRACTICE.name], "Known are"),
    });
  }
  if (chosen === undefined && names.length > 1) {
    complaints.push({
      at: environments?.start ?? 0,
      message: 'the file has several environments and no "default"',
      hint: `Add \`default: ${names[0]}\`, for example.`,
    });
  }
  return complaints;
}

const LARGEST_BYTES = 1024 * 1024;

/** A pipe or a device would block or never end, so only regular files are read. */
async function readText(file: string): Promise<Result<string>> {
  try {
    const found = await stat(file);
    if (!found.isFile()) return fail(unreadable(file, "it is not a file"));
    if (found.size > LARGEST_BYTES) return fail(unreadable(file, "it is larger than 1 MiB"));
    const bytes = await readFile(file);
    return ok(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof TypeError) return fail(unreadable(file, "it is not UTF-8 text"));
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return fail(unreadable(file, code === "ENOENT" ? "there is no such file" : code));
  }
}

function unreadable(file: string, reason: string): Problem {
  return {
    code: "invalid",
    message: `The configuration cannot be read: ${reason}.`,
    hint: "Check --config, or leave it out to use the nearest restore-drill.yaml.",
    where: file,
  };
}
