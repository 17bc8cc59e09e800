/** What is generated from the code agrees with it, and with the loader. */
import { readFile } from "node:fs/promises";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { actionCatalogue } from "../../source/actions/registry.ts";
import { renderDocs } from "../../source/build/checklist-docs.ts";
import { checklistSchema, renderSchema } from "../../source/build/schema.ts";
import { CAPABILITIES, OFFERED_VARIABLES } from "../../source/checklist/offered.ts";
import { parseChecklist } from "../../source/checklist/parse.ts";
import type { Capability } from "../../source/environment/target.ts";
import { CATALOGUE } from "../checklist/catalogue.ts";
import { parse, withHead, withStep } from "../checklist/document.ts";

const read = (name: string) =>
  readFile(new URL(`../../checklists/${name}`, import.meta.url), "utf8");

describe("up to date", () => {
  it("is the JSON Schema (else: node source/build/schema.ts)", async () => {
    expect(await read("checklist.schema.json")).toBe(renderSchema(actionCatalogue()));
  });

  it("is the guide (else: node source/build/checklist-docs.ts)", async () => {
    const readme = await read("README.md");
    expect(readme).toBe(renderDocs(readme, actionCatalogue()));
  });

  it("are the capabilities, which environments name too", () => {
    const known: Record<Capability, true> = {
      app: true,
      compose: true,
      migrations: true,
      monitoring: true,
      prometheus: true,
      "web-page": true,
    };
    expect(Object.keys(CAPABILITIES)).toEqual(Object.keys(known));
  });
});

describe("the guide", () => {
  it("shows a checklist that holds", async () => {
    const [, example = ""] = /```yaml\n([\s\S]*?)```/.exec(await read("README.md")) ?? [];
    const result = parseChecklist(
      example,
      { path: "example.yaml", digest: "sha256:" },
      { catalogue: actionCatalogue(), offered: Object.keys(OFFERED_VARIABLES) },
    );
    expect(result.ok ? [] : result.problems).toEqual([]);
  });

  it("speaks of every action, input and output", async () => {
    const readme = await read("README.md");
    const words = Object.entries(actionCatalogue()).flatMap(([name, { inputs, outputs }]) => [
      `### \`${name}\``,
      ...[...Object.keys(inputs), ...Object.keys(outputs)].map((key) => `| \`${key}\``),
    ]);
    expect(words.filter((word) => !readme.includes(word))).toEqual([]);
  });

  it("cannot be rendered without its markers", () => {
    expect(() => renderDocs("# Checklists", CATALOGUE)).toThrow("generated: keys");
  });
});

describe("the JSON Schema", () => {
  let validate: ValidateFunction;

  beforeAll(() => {
    const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
    ajv.addFormat("regex", true);
    validate = ajv.compile(checklistSchema(CATALOGUE));
  });

  const both = (text: string) => {
    const data: unknown = parseYaml(text);
    return { schema: validate(data), loader: parse(text).ok };
  };

  it("accepts what comes with the tool", async () => {
    const ajv = new Ajv2020({ strict: true, strictRequired: false });
    ajv.addFormat("regex", true);
    const shipped: unknown = parseYaml(await read("database-backup-restore.yaml"));
    const check = ajv.compile(checklistSchema(actionCatalogue()));
    check(shipped);
    expect(check.errors ?? []).toEqual([]);
  });

  it.each([
    ["run: echo", "expect: { stdout: { contains: a } }", "when: { has: [app] }"],
    ["run: echo", "timeout: 1h30m", "retry: { times: 3, delay: 2 }", "capture: A"],
    ["uses: postgres/restore", "with: { file: a, database: b }"],
    ["uses: app/stop"],
    ["confirm: Look", "ask: [{ name: A, label: B, choices: [a, b] }]"],
    ["start: sleep 9", "ready: { http: http://localhost, timeout: 5s }"],
  ])("agrees with the loader that %s %s %s holds", (...lines) => {
    expect(both(withStep(...lines))).toEqual({ schema: true, loader: true });
  });

  it.each([
    ["about: nothing to do", ""],
    ["run: echo", "confirm: Look"],
    ["run: echo", "runn: echo"],
    ["run: 5", ""],
    ["uses: postgres/bakcup", ""],
    ["uses: postgres/restore", ""],
    ["uses: postgres/restore", "with: { file: a }"],
    ["uses: postgres/restore", "with: { file: a, database: b, fiel: c }"],
    ["run: echo", "with: { file: a }"],
    ["confirm: Look", "expect: { exit: 0 }"],
    ["confirm: Look", "capture: A"],
    ["run: echo", "expect: {}"],
    ["run: echo", "expect: { exit: 256 }"],
    ["run: echo", "expect: { stdout: { contain: a } }"],
    ["run: echo", "when: { has: grafanna }"],
    ["run: echo", "timeout: 5 minutes"],
    ["run: echo", "retry: { delay: 1s }"],
    ["run: echo", "capture: 1A"],
    ["start: sleep 9", "ready: { timeout: 5s }"],
    ["run: echo", "optional: 'yes'"],
  ])("agrees with the loader that %s %s does not", (...lines) => {
    const text = withStep(...lines.filter((line) => line !== ""));
    expect(both(text)).toEqual({ schema: false, loader: false });
  });

  it.each(["sections: []", "variables: { A: 1 }", "variables: { A-B: a }", "colour: red"])(
    "agrees with the loader that %s does not",
    (line) => {
      expect(both(withHead(`${line}\n`))).toEqual({ schema: false, loader: false });
    },
  );
});
