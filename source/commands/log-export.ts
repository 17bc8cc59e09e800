/** Writing one entry where the operator wants it; an existing file is never overwritten. */
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { writeProblem } from "../journal/durable.ts";
import { entryHtml } from "../log/export/html.ts";
import { entryJson } from "../log/export/json.ts";
import { entryMarkdown } from "../log/export/markdown.ts";
import type { GoodLine } from "../log/read.ts";
import { fail, ok, type Result } from "../problem.ts";

export type Exported =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "file"; readonly path: string };

const RENDERERS: Readonly<Record<string, (line: GoodLine) => string>> = {
  markdown: ({ entry, approval }) => entryMarkdown(entry, approval),
  json: ({ raw, approval }) => entryJson(raw, approval),
  html: ({ entry, approval }) => entryHtml(entry, approval),
};

export async function exportEntry(
  line: GoodLine,
  { format = "", output = "" }: { readonly format?: string; readonly output?: string },
): Promise<Result<Exported>> {
  const render = Object.hasOwn(RENDERERS, format) ? RENDERERS[format] : undefined;
  if (render === undefined || output === "") {
    return fail({
      code: "usage",
      message:
        render === undefined ? `There is no format "${format}".` : "No file was given to write to.",
      hint: "Use --format markdown, json or html, and --output FILE (- is standard output).",
    });
  }
  if (output === "-") {
    return ok({ kind: "text", text: render(line) });
  }
  const path = resolve(output);
  try {
    await writeFile(path, render(line), { flag: "wx" });
    return ok({ kind: "file", path });
  } catch (error) {
    return fail(exists(error) ? refusal(path) : unwritable(path, error));
  }
}

function exists(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}

function refusal(path: string) {
  return {
    code: "usage",
    message: `${path} exists already and is left as it is.`,
    hint: "Give another --output, or remove that file first.",
  } as const;
}

function unwritable(path: string, error: unknown) {
  return {
    ...writeProblem(`The export ${path}`, error),
    hint: "Give another --output: a new file in a folder that exists and is writable.",
  };
}
