/** From a file to a frozen checklist, and what is said of files that hold none. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChecklist, listChecklists } from "../../source/checklist/find.ts";
import { loadChecklist } from "../../source/checklist/load.ts";
import { CATALOGUE } from "./catalogue.ts";
import { OFFERED, parse, withStep, withSteps } from "./document.ts";

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "restore-drill-checklists-"));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const place = path.join(directory, name);
  await writeFile(place, content);
  return place;
}

const load = (place: string) => loadChecklist(place, CATALOGUE, OFFERED);

describe("a checklist", () => {
  it("comes with its digest and path, frozen all the way down", async () => {
    const text = withStep("run: echo");
    const place = await file("sound.yaml", text);
    const loaded = await load(path.relative(process.cwd(), place));
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
    expect(loaded.value.source).toEqual({ path: place, digest });
    const step = loaded.value.sections[0]?.items[0]?.steps[0];
    expect([loaded.value, loaded.value.sections, step].every(Object.isFrozen)).toBe(true);
  });

  it("has everything filled in that a reader would ask for", () => {
    const text = withSteps(
      "- { id: a, title: A, run: date, capture: WHEN, timeout: 1h30m, retry: { times: 2, delay: 0.5s },",
      "    expect: { exit: 1, stdout: text, stderr: { empty: true }, clean: true }, when: { has: app, set: PRIMARY_DB } }",
      "- { id: b, title: B, uses: app/stop, always: true, retry: { times: 1 } }",
      "- { id: c, title: C, confirm: Look, ask: [{ name: N, label: L }] }",
      "- { id: d, title: D, start: sleep 9, ready: { output: up }, timeout: 12, optional: true }",
    );
    const parsed = parse(
      text.replace("sections:", "variables: { V: v, W: { secret: true } }\nsections:"),
    );
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    expect(parsed.value.variables).toEqual([
      { name: "V", default: "v", secret: false },
      { name: "W", secret: true },
    ]);
    const common = { optional: false, always: false };
    expect(parsed.value.sections[0]?.items[0]).toEqual({
      id: "item",
      title: "Item",
      optional: false,
      steps: [
        {
          kind: "run",
          id: "a",
          title: "A",
          ...common,
          run: "date",
          capture: "WHEN",
          timeoutSeconds: 5400,
          retry: { times: 2, delaySeconds: 0.5 },
          expect: { exit: 1, stdout: { contains: "text" }, stderr: { empty: true }, clean: true },
          when: { has: ["app"], set: "PRIMARY_DB" },
        },
        {
          kind: "uses",
          id: "b",
          title: "B",
          ...common,
          always: true,
          uses: "app/stop",
          with: {},
          retry: { times: 1, delaySeconds: 1 },
        },
        {
          kind: "confirm",
          id: "c",
          title: "C",
          ...common,
          confirm: "Look",
          ask: [{ name: "N", label: "L", optional: false }],
        },
        {
          kind: "start",
          id: "d",
          title: "D",
          ...common,
          optional: true,
          start: "sleep 9",
          ready: { output: "up", timeoutSeconds: 60 },
          timeoutSeconds: 12,
        },
      ],
    });
  });

  it("hands an item's being optional down to its steps", () => {
    const parsed = parse(
      withStep("run: echo").replace("title: Item", "title: Item\n        optional: true"),
    );
    expect(parsed.ok && parsed.value.sections[0]?.items[0]?.steps[0]?.optional).toBe(true);
  });
});

describe("a file that holds none", () => {
  const problem = async (place: string) => {
    const loaded = await load(place);
    return loaded.ok ? undefined : loaded.problems[0];
  };

  it("names the place in it", async () => {
    const place = await file("wrong.yaml", withStep("runn: echo"));
    expect(await problem(place)).toMatchObject({ code: "invalid", where: `${place}:9:13` });
  });

  it("is refused when it is not UTF-8, too large, a directory, or not there", async () => {
    const latin = await file("latin.yaml", Buffer.from("title: caf\xe9", "latin1"));
    const large = await file("large.yaml", `# ${"x".repeat(1024 * 1024)}`);
    const missing = path.join(directory, "missing.yaml");
    expect((await problem(latin))?.message).toBe("the file is not UTF-8 text");
    expect((await problem(large))?.message).toBe("the file is larger than 1 MiB");
    expect((await problem(directory))?.message).toMatch(/is not a file$/);
    expect(await problem(missing)).toMatchObject({
      code: "invalid",
      message: 'there is no file "missing.yaml"',
      where: missing,
    });
  });

  it.runIf(process.platform !== "win32")(
    "is refused without waiting when it is a pipe",
    async () => {
      const pipe = path.join(directory, "pipe.yaml");
      execFileSync("mkfifo", [pipe]);
      expect((await problem(pipe))?.message).toBe('"pipe.yaml" is not a file');
    },
  );
});

describe("what an operator types", () => {
  beforeAll(async () => {
    await mkdir(path.join(directory, "packaged"));
    await file("packaged/drill.yaml", withStep("run: echo"));
    await file("packaged/broken.yaml", "title: [");
    await file("packaged/checklist.schema.json", "{}");
  });

  const packaged = () => path.join(directory, "packaged");

  it("is an id of a packaged checklist, or a path", async () => {
    const id = await findChecklist("drill", packaged());
    expect(id).toEqual({ ok: true, value: path.join(packaged(), "drill.yaml") });
    const relative = path.relative(process.cwd(), path.join(directory, "other.yml"));
    expect(await findChecklist(relative, packaged())).toEqual({
      ok: true,
      value: path.join(directory, "other.yml"),
    });
  });

  it.each([
    ["dril", 'Did you mean "drill"? Known are broken, drill.'],
    ["", "Known are broken, drill."],
    ["constructor", "Known are broken, drill."],
  ])("%j is neither", async (argument, hint) => {
    expect(await findChecklist(argument, packaged())).toMatchObject({
      ok: false,
      problem: {
        code: "invalid",
        message: `there is no checklist ${JSON.stringify(argument)}`,
        hint: expect.stringContaining(hint),
      },
    });
  });

  it("can be looked up in a list, which leaves out nothing that is there", async () => {
    expect(await listChecklists(packaged())).toEqual([
      {
        id: "broken",
        title: "(cannot be read)",
        fit: [],
        path: path.join(packaged(), "broken.yaml"),
      },
      {
        id: "drill",
        title: "A drill",
        fit: ["staging"],
        path: path.join(packaged(), "drill.yaml"),
      },
    ]);
    expect(await listChecklists(path.join(directory, "nowhere"))).toEqual([]);
  });
});
