/** The arrows of the folder tree: who may import whom. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const source = fileURLToPath(new URL("../source", import.meta.url));

/** Everyone may import `problem.ts`; a folder may always import itself. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  drill: ["checklist/types.ts"],
  engine: ["drill", "checklist/types.ts"],
  headless: ["drill", "engine/interface.ts", "checklist/types.ts", "checklist/effects.ts"],
  ui: ["drill", "engine/interface.ts", "checklist/types.ts", "checklist/effects.ts"],
  yaml: [],
  process: ["engine/ports.ts", "engine/interface.ts", "drill"],
  checklist: ["yaml", "drill/types.ts"],
  postgres: ["drill", "process", "environment/target.ts"],
  environment: ["checklist/types.ts", "drill", "postgres", "process", "practice", "yaml"],
  practice: ["process", "postgres", "environment/target.ts"],
  actions: [
    "checklist",
    "drill",
    "engine/ports.ts",
    "engine/interface.ts",
    "environment",
    "postgres",
    "process",
  ],
  journal: ["drill", "checklist/types.ts", "engine/ports.ts", "log/canonical.ts", "process"],
  log: ["drill", "checklist/types.ts", "engine/ports.ts", "journal", "process", "settings"],
  settings: ["process"],
};

/** Packages that do I/O or time of their own, which the pure parts must not see. */
const PURE = ["drill", "engine", "headless", "ui"];
const UI_PACKAGES = [
  "ink",
  "react",
  "react/jsx-runtime",
  "string-width",
  "node:readline",
  "node:readline/promises",
  "node:stream",
];

function files(): readonly string[] {
  return readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.tsx?$/.test(name),
  );
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(source, file), "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
}

function complaint(file: string, imported: string): string | undefined {
  const folder = file.split("/")[0] ?? "";
  const allowed = ALLOWED[folder];
  if (allowed === undefined) return undefined;
  if (!imported.startsWith(".")) {
    if (!PURE.includes(folder) || !/^(node:|execa|pg|conf|yaml)/.test(imported)) return undefined;
    return folder === "ui" && UI_PACKAGES.includes(imported)
      ? undefined
      : `${file} imports ${imported}`;
  }
  const target = relative(source, normalize(join(source, dirname(file), imported)));
  if (target === "problem.ts" || target.startsWith(`${folder}/`)) return undefined;
  const fine = allowed.some((one) => target === one || target.startsWith(`${one}/`));
  return fine ? undefined : `${file} imports ${target}`;
}

it("follows the arrows of the design", () => {
  const complaints = files().flatMap((file) =>
    importsOf(file).flatMap((imported) => complaint(file, imported) ?? []),
  );
  expect(complaints).toEqual([]);
});

it("would notice a wrong arrow", () => {
  expect(complaint("drill/decide.ts", "../journal/journal.ts")).toContain("journal");
  expect(complaint("drill/decide.ts", "node:fs")).toContain("node:fs");
  expect(complaint("ui/app.tsx", "../postgres/session.ts")).toContain("postgres");
  expect(complaint("drill/decide.ts", "./next.ts")).toBeUndefined();
});
