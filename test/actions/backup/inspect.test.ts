/** What is wrong with a backup is told before anything is restored from it. */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inspectAction } from "../../../source/actions/backup/inspect.ts";
import { backupAction } from "../../../source/actions/postgres/backup.ts";
import { readHeader } from "../../../source/postgres/backup-header.ts";
import { manifestPath } from "../../../source/postgres/manifest-file.ts";
import { newHome, runCli } from "../../helpers/cli.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../../helpers/postgres15.ts";
import { openPlace, type Place, record } from "../postgres/support.ts";

const FORMATS = ["plain", "custom", "directory"] as const;
type Format = (typeof FORMATS)[number];

describe.runIf(postgres15Available)("looking at a backup", () => {
  let server: Postgres15;
  let place: Place;
  let home: string;
  const backups: Record<Format, string> = { plain: "", custom: "", directory: "" };
  let copies = 0;

  beforeAll(async () => {
    server = await startPostgres15();
    const owner = server.createRole("owner", "pw", "CREATEDB");
    server.createDatabase("primary", "owner");
    server.psql(
      `SET ROLE owner;
       CREATE TABLE games (id int PRIMARY KEY, name text);
       INSERT INTO games SELECT g, 'game ' || g FROM generate_series(1, 3000) g;
       CREATE TABLE nothing (id int);
       SELECT lo_from_bytea(0, 'blob');`,
      "primary",
    );
    place = await openPlace(server, owner, "primary");
    home = await newHome();
    for (const format of FORMATS) {
      const made = await backupAction.run({ format, prefix: "b_" }, record(place.target).context);
      backups[format] = made.values?.BACKUP_FILE ?? "";
    }
  });
  afterAll(async () => {
    await place?.close();
    await server?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  /** With its manifest, to be broken. */
  const copyOf = (format: Format) => {
    copies += 1;
    const copy = join(place.project, `copy-${copies}`);
    cpSync(backups[format], copy, { recursive: true });
    cpSync(manifestPath(backups[format]), manifestPath(copy));
    return copy;
  };
  const rewrite = (file: string, change: (text: string) => string) =>
    writeFileSync(file, change(readFileSync(file, "utf8")));
  const inspect = (
    file: string,
    input: { readonly maxAge?: number; readonly origin?: "primary" | "any" } = {},
    drill = "drill-2",
  ) => inspectAction.run({ file, ...input }, record(place.target, { drill }).context);
  const failedOf = async (...args: Parameters<typeof inspect>) => {
    const result = await inspect(...args);
    const failed = result.checks.filter(({ status }) => status === "failed");
    expect(result.ok).toBe(failed.length === 0);
    return failed.map(({ title, observed }) => `${title}: ${observed}`).join("\n");
  };
  const check = (...args: string[]) => runCli(["check-backup", ...args], { home });

  it.each(FORMATS)("finds nothing wrong with a %s one that was just taken", async (format) => {
    expect(await failedOf(backups[format], { maxAge: 3600 })).toBe("");
    const header = await readHeader(backups[format], format);
    expect(header).toMatchObject({
      serverVersion: expect.stringMatching(/^15\./u),
      dumpVersion: expect.stringMatching(/^15\./u),
    });
    expect(header.database).toBe(format === "plain" ? undefined : "primary");
    const checked = await check(backups[format]);
    expect(checked).toMatchObject({ exit: 0, stderr: "" });
    expect(checked.stdout).toContain("ok      Digest as in the manifest: equal");
  });

  describe("that is stale", () => {
    it("fails, except where any age will do", async () => {
      const copy = copyOf("plain");
      utimesSync(copy, new Date("2026-01-01"), new Date("2026-01-01"));
      rmSync(manifestPath(copy));
      expect(await failedOf(copy, { maxAge: 25 * 3600 })).toContain(
        "Age: stale: written 2026-01-01",
      );
      expect(await failedOf(copy)).toBe("");
      const checked = await check("--max-age", "25h", copy);
      expect(checked.exit).toBe(1);
      expect(checked.stdout).toContain("FAILED  Age: stale");
    });

    it("is not when this very drill took it, however long ago", async () => {
      expect(await failedOf(backups.plain, { maxAge: 0.000_001 }, "drill-1")).toBe("");
      expect(await failedOf(backups.plain, { maxAge: 0.000_001 })).toContain("Age: stale: taken");
    });

    it.each(["yesterday", "25", "-1h", "0h"])("cannot be told with %j", async (maxAge) => {
      expect(inspectAction.inputs.safeParse({ file: "x", maxAge }).success).toBe(false);
      if (maxAge !== "0h") expect(await check("--max-age", maxAge, "x")).toMatchObject({ exit: 2 });
    });
  });

  describe("that is of elsewhere", () => {
    it("fails for another database, which an archive tells without a manifest", async () => {
      server.createDatabase("other", "owner");
      const file = join(place.project, "other.dump");
      execFileSync(join(server.bin, "pg_dump"), ["-Fc", "-f", file, "other"], {
        env: {
          ...process.env,
          PGHOST: server.host,
          PGPORT: String(server.port),
          PGUSER: server.superuser.user,
          PGPASSWORD: server.superuser.password,
        },
      });
      expect(await failedOf(file)).toContain(
        'Taken of this primary: another database: it is of "other"',
      );
      expect(await failedOf(file, { origin: "any" })).toBe("");
    });

    it("fails for another server of the same address", async () => {
      const elsewhere = {
        ...place.target,
        summary: {
          ...place.target.summary,
          server: { ...place.target.summary.server, systemIdentifier: "7000000000000000001" },
        },
      };
      const result = await inspectAction.run({ file: backups.plain }, record(elsewhere).context);
      expect(result).toMatchObject({
        ok: false,
        problem: { hint: expect.stringContaining("BACKUP_ORIGIN=any") },
      });
    });

    it("fails when it is newer than the server", async () => {
      const copy = copyOf("plain");
      rmSync(manifestPath(copy));
      rewrite(copy, (text) => text.replace("database version 15", "database version 16"));
      expect(await failedOf(copy)).toContain("Version: of PostgreSQL 16");
      rewrite(copy, (text) =>
        text
          .replace("database version 16", "database version 15")
          .replace("pg_dump version 15", "pg_dump version 18"),
      );
      expect(await failedOf(copy)).toContain("by pg_dump 18");
    });
  });

  describe("that is damaged, without a manifest,", () => {
    const bare = (format: Format) => {
      const copy = copyOf(format);
      rmSync(manifestPath(copy));
      return copy;
    };
    /** As pg_dump would have compressed it. */
    const compressed = (directory: string) => {
      const names = readdirSync(directory).filter((name) => /^\d+\.dat$/u.test(name));
      execFileSync("gzip", names, { cwd: directory });
      return directory;
    };
    const directories = [
      ["plain", (directory: string) => directory],
      ["compressed", compressed],
    ] as const;
    const dataOf = (directory: string) => {
      const names = readdirSync(directory).filter((name) => /^\d+\.dat/u.test(name));
      const sized = names.map((name) => ({
        name,
        size: readFileSync(join(directory, name)).length,
      }));
      return sized.toSorted((a, b) => b.size - a.size)[0]?.name ?? "";
    };

    it("is whole as it is", async () => {
      expect(await failedOf(bare("directory"))).toBe("");
      expect(await failedOf(compressed(bare("directory")))).toBe("");
      expect((await check(bare("directory"))).exit).toBe(3);
    });

    it.each([
      ["emptied", "plain", () => 0, "is empty"],
      ["cut", "plain", (size: number) => size / 2, "ends before its last row"],
      ["emptied", "compressed", () => 0, "is empty"],
      ["cut", "compressed", (size: number) => size / 2, "is cut short"],
    ] as const)("%s data files of a %s directory are found", async (_how, kind, to, told) => {
      const copy = bare("directory");
      if (kind === "compressed") compressed(copy);
      const name = dataOf(copy);
      truncateSync(join(copy, name), Math.floor(to(readFileSync(join(copy, name)).length)));
      expect(await failedOf(copy)).toContain(told);
      expect((await check(copy)).exit).toBe(1);
    });

    it.each(directories)(
      "a data file of a %s directory that ends at a line end is found",
      async (_kind, prepare) => {
        const copy = bare("directory");
        const path = join(copy, dataOf(copy));
        const rows = readFileSync(path, "utf8").split("\n");
        writeFileSync(path, `${rows.slice(0, 100).join("\n")}\n`);
        expect(await failedOf(prepare(copy))).toContain("ends before its last row");
      },
    );
  });

  describe("from the command line", () => {
    it("tells a changed file, a missing member and another format", async () => {
      const plain = copyOf("plain");
      rewrite(plain, (text) => text.replace("game 7\n", "game 8\n"));
      const changed = await check(plain, "--json");
      expect(changed.exit).toBe(1);
      expect(JSON.parse(changed.stdout)).toMatchObject({
        exit: 1,
        checks: expect.arrayContaining([
          expect.objectContaining({ title: "Digest as in the manifest", status: "failed" }),
        ]),
      });
      const directory = copyOf("directory");
      rmSync(join(directory, readdirSync(directory).find((name) => /^\d/u.test(name)) ?? ""));
      expect((await check(directory)).stdout).toContain("is missing");
      const custom = copyOf("custom");
      cpSync(backups.plain, custom);
      expect((await check(custom)).stdout).toContain("FAILED  Format as in the manifest: plain");
    });

    it("exits 3 for a manifest that is missing or not one, 4 for a backup that cannot be read", async () => {
      const copy = copyOf("plain");
      rewrite(manifestPath(copy), (text) => text.slice(0, 100));
      const cut = await check(copy);
      expect(cut.exit).toBe(3);
      expect(cut.stderr).toContain("manifest");
      rmSync(manifestPath(copy));
      const bare = await check(copy);
      expect(bare.exit).toBe(3);
      expect(bare.stderr).toContain("nothing to be compared with");
      const missing = await check(join(home, "no\u001b[31msuch"));
      expect(missing.exit).toBe(4);
      expect(missing.stderr).toContain("no\\u001b[31msuch");
    });
  });
});
