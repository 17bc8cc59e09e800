import { execFileSync } from "node:child_process";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { changeSettings, readSettings } from "../../source/settings/settings.ts";
import { temporaryFolder } from "../helpers/folder.ts";
import { must, problemOf } from "../helpers/results.ts";

async function file(): Promise<string> {
  return join(await temporaryFolder(), "new", "settings.json");
}

test("no file is no settings, and reading makes none", async () => {
  const path = await file();
  expect(must(await readSettings(path))).toEqual({});
  await expect(stat(path)).rejects.toThrow("ENOENT");
});

test("what is changed is kept, the rest stays, and undefined removes", async () => {
  const path = await file();
  must(await changeSettings(path, { operator: "Robin", environment: "staging" }));
  must(await changeSettings(path, { recent: { checklist: "x.y" }, environment: undefined }));
  expect(must(await readSettings(path))).toEqual({
    operator: "Robin",
    recent: { checklist: "x.y" },
  });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test.each(["{", "", "[1]", '{"operator":1}', '{"colour":"red"}', '{"operator":""}', "\u0000"])(
  "a settings file that holds %j is a problem that names it, and stays as it is",
  async (text) => {
    const path = join(await temporaryFolder(), "settings.json");
    await writeFile(path, text);
    const problem = problemOf(await readSettings(path));
    expect(problem.code).toBe("invalid");
    expect(problem.message).toContain(path);
    expect(problem.message).not.toContain("\n");
    expect((await changeSettings(path, { operator: "Robin" })).ok).toBe(false);
    expect(await readFile(path, "utf8")).toBe(text);
  },
);

test("without a file, the store behind it is not even loaded", async () => {
  const module = new URL("../../source/settings/settings.ts", import.meta.url).href;
  const script = `
    import { registerHooks } from "node:module";
    registerHooks({ resolve(name, context, next) {
      if (name === "conf") throw new Error("conf was loaded");
      return next(name, context);
    } });
    const { readSettings } = await import(${JSON.stringify(module)});
    console.log(JSON.stringify(await readSettings(process.argv[1])));
  `;
  const args = ["--input-type=module", "-e", script, await file()];
  expect(JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }))).toEqual({
    ok: true,
    value: {},
  });
});
