import { chmod, mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { drillPaths, isDrillId, prepareStorage, storage } from "../../source/settings/storage.ts";
import { temporaryFolder } from "../helpers/folder.ts";
import { must, problemOf } from "../helpers/results.ts";

test("RESTORE_DRILL_HOME moves everything", () => {
  const places = storage({ RESTORE_DRILL_HOME: "/srv/drills", HOME: "/home/robin" });
  for (const place of Object.values(places)) {
    expect(place).toMatch(/^\/srv\/drills/);
  }
});

test("a relative home is taken from the working directory", () => {
  expect(storage({ RESTORE_DRILL_HOME: "here" }).log).toBe(
    join(process.cwd(), "here", "log.jsonl"),
  );
});

test.each([
  ["linux", {}, "/home/robin/.local/share/restore-drill", "/home/robin/.config/restore-drill"],
  ["linux", { XDG_DATA_HOME: "/d", XDG_CONFIG_HOME: "/c" }, "/d/restore-drill", "/c/restore-drill"],
  [
    "linux",
    { XDG_DATA_HOME: "relative", RESTORE_DRILL_HOME: "" },
    "/home/robin/.local/share/restore-drill",
    "/home/robin/.config/restore-drill",
  ],
  [
    "darwin",
    {},
    "/home/robin/Library/Application Support/restore-drill",
    "/home/robin/Library/Application Support/restore-drill",
  ],
])("on %s with %j", (platform, env, home, config) => {
  const places = storage({ HOME: "/home/robin", ...env }, platform);
  expect(places.home).toBe(home);
  expect(places.settings).toBe(join(config, "settings.json"));
});

test("folders are the operator's only, also those that were open before", async () => {
  const places = storage({ RESTORE_DRILL_HOME: join(await temporaryFolder(), "a", "b") });
  await mkdir(places.keys, { recursive: true });
  await chmod(places.keys, 0o777);
  must(await prepareStorage(places));
  for (const folder of [places.drills, places.keys, places.locks, places.backups]) {
    expect((await stat(folder)).mode & 0o777, folder).toBe(0o700);
  }
});

test("a home that cannot be made is a problem that names it", async () => {
  const file = join(await temporaryFolder(), "file");
  await writeFile(file, "");
  const problem = problemOf(await prepareStorage(storage({ RESTORE_DRILL_HOME: join(file, "x") })));
  expect(problem.message).toContain(join(file, "x"));
  expect(problem.hint).toContain("RESTORE_DRILL_HOME");
});

test.each(["..", ".", "", "a/b", "-rf", "a\nb", "x".repeat(101), "a\u0000"])(
  "%j is no drill id, and never becomes a path",
  (id) => {
    expect(isDrillId(id)).toBe(false);
    expect(() => drillPaths(storage({ RESTORE_DRILL_HOME: "/h" }), id)).toThrow("Not a drill id");
  },
);

test("a drill has a folder with its journal and spools", () => {
  expect(drillPaths(storage({ RESTORE_DRILL_HOME: "/h" }), "20261122-a")).toEqual({
    directory: "/h/drills/20261122-a",
    journal: "/h/drills/20261122-a/journal.jsonl",
    spools: "/h/drills/20261122-a/spools",
  });
});
