/** From what an operator typed to the file of a checklist. */
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { readDocument } from "../yaml/document.ts";
import { child, list, quote, text, textAt } from "../yaml/located.ts";
import { didYouMean } from "../yaml/suggest.ts";
import { loadText } from "./load.ts";
import { fitOf } from "./types.ts";

export interface ListedChecklist {
  readonly id: string;
  readonly title: string;
  /** Empty when it cannot be read. */
  readonly fit: readonly string[];
  /** Absolute. */
  readonly path: string;
}

/**
 * The absolute path for an id of the directory, or for a path. Problem: `invalid` when there is
 * no such checklist. Whether the file holds one is for the loader to say.
 */
export async function findChecklist(argument: string, directory: string): Promise<Result<string>> {
  const listed = await listChecklists(directory);
  const byId = listed.find(({ id }) => id === argument);
  if (byId !== undefined) return ok(byId.path);
  if ((looksLikePath(argument) || (await isFile(argument))) && argument !== "") {
    return ok(path.resolve(argument));
  }
  return fail(unknown(argument, listed));
}

/** Every `*.yaml` of the directory, by id. One that cannot be read is listed by its file name. */
export async function listChecklists(directory: string): Promise<readonly ListedChecklist[]> {
  const names = await readdir(directory).catch((): string[] => []);
  const files = names.filter((name) => /\.ya?ml$/i.test(name) && !name.startsWith("."));
  const listed = await Promise.all(files.map((name) => describe(path.resolve(directory, name))));
  return listed.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

async function describe(file: string): Promise<ListedChecklist> {
  const read = await loadText(file);
  const root = read.ok ? readDocument(read.value.text).root : undefined;
  const fallback = path.basename(file).replace(/\.ya?ml$/i, "");
  const id = textAt(root, "id") ?? fallback;
  const title = textAt(root, "title");
  const named = list(child(root, "fit")).flatMap((place) => text(place) ?? []);
  const fit = named.length === 0 && title !== undefined ? fitOf({}) : named;
  return { id, title: title ?? "(cannot be read)", fit, path: file };
}

function looksLikePath(argument: string): boolean {
  return /[/\\]/.test(argument) || /\.ya?ml$/i.test(argument);
}

async function isFile(argument: string): Promise<boolean> {
  const facts = await stat(path.resolve(argument)).catch(() => undefined);
  return facts?.isFile() ?? false;
}

function unknown(argument: string, listed: readonly ListedChecklist[]): Problem {
  const ids = listed.map(({ id }) => id);
  const hint = `${didYouMean(argument, ids, "Known are")} Or give the path of a YAML file.`.trim();
  return { code: "invalid", message: `there is no checklist ${quote(argument)}`, hint };
}
