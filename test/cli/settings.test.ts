import { readdirSync, symlinkSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { newHome, runCli } from "../helpers/cli.ts";

const TINY = `id: tiny
title: Tiny
sections:
  - { title: Only, items: [{ id: item, title: Item, steps: [{ id: step, title: Step, run: "true" }] }] }
`;

async function tinyDrill(home: string, env: Readonly<Record<string, string>> = {}) {
  await writeFile(join(home, "tiny.yaml"), TINY);
  const args = [join(home, "tiny.yaml"), "--headless", "--environment", "practice"];
  return runCli(args, { home, env });
}

it("takes the operator from the settings, and remembers what was drilled", async () => {
  const home = await newHome();
  await writeFile(join(home, "settings.json"), JSON.stringify({ operator: "Robin" }));
  expect(await tinyDrill(home)).toMatchObject({ exit: 0 });
  const shown = await runCli(["log", "show", "--json"], { home });
  expect(JSON.parse(shown.stdout)).toMatchObject({ operator: "Robin" });
  const settings = JSON.parse(await readFile(join(home, "settings.json"), "utf8")) as unknown;
  expect(settings).toEqual({
    operator: "Robin",
    recent: { checklist: "tiny", environment: "practice" },
  });
  expect((await runCli(["environments"], { home })).stdout).toContain("last used");
});

it("exits 3 for broken settings, and leaves them as they are", async () => {
  const home = await newHome();
  await writeFile(join(home, "settings.json"), '{ "operater": 1 }');
  const outcome = await tinyDrill(home);
  expect(outcome.stderr).toContain("settings.json");
  expect(outcome.exit).toBe(3);
  expect(await readFile(join(home, "settings.json"), "utf8")).toBe('{ "operater": 1 }');
});

it("refuses to sign off without ssh-keygen, and signs when it is resumed with it", async () => {
  const home = await newHome();
  const bin = join(home, "bin");
  await mkdir(bin);
  for (const name of readdirSync("/usr/bin")) {
    if (name !== "ssh-keygen") symlinkSync(join("/usr/bin", name), join(bin, name));
  }
  const without = await tinyDrill(home, { PATH: bin });
  expect(without.stderr).toContain("ssh-keygen was not found");
  expect(without.exit).toBe(4);
  expect((await runCli(["log", "list", "--json"], { home })).stdout.trim()).toBe("[]");
  expect(await runCli(["resume", "--headless"], { home })).toMatchObject({ exit: 0 });
  expect(await runCli(["log", "verify"], { home })).toMatchObject({ exit: 0 });
});
