import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pruneAction } from "../../../source/actions/backup/prune.ts";
import type { Target } from "../../../source/environment/target.ts";
import { composeManifest, type Manifest } from "../../../source/postgres/manifest.ts";
import { manifestPath } from "../../../source/postgres/manifest-file.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../../helpers/postgres15.ts";
import { openPlace, type Place, record } from "../postgres/support.ts";

describe.runIf(postgres15Available)("pruning old backups", () => {
  let server: Postgres15;
  let place: Place;
  let target: Target;
  let directory = "";
  let round = 0;

  beforeAll(async () => {
    server = await startPostgres15();
    const owner = server.createRole("owner", "pw", "CREATEDB");
    server.createDatabase("primary", "owner");
    place = await openPlace(server, owner, "primary");
  });
  beforeEach(() => {
    round += 1;
    directory = join(place.project, `backups-${round}`);
    mkdirSync(directory);
    target = { ...place.target, backupDirectory: directory };
  });
  afterAll(async () => {
    await place?.close();
    await server?.stop();
  });

  function manifest(changes: Partial<Manifest> = {}): Manifest {
    const { server: summary, database } = place.target.summary;
    return {
      format: 1,
      level: "counts",
      drill: "d",
      server: summary,
      database,
      databaseBytes: 1,
      snapshot: "s",
      lsn: null,
      takenAt: "t",
      dump: { format: "plain", command: "c", tool: "t", seconds: 1 },
      files: [{ path: "x", bytes: 1, sha256: "0".repeat(64) }],
      tables: [],
      sequences: [],
      notCovered: [],
      ...changes,
    };
  }
  const backup = (name: string, changes?: Partial<Manifest>) => {
    const path = join(directory, name);
    writeFileSync(path, "a dump");
    writeFileSync(manifestPath(path), composeManifest(manifest(changes)));
    return path;
  };
  const left = () => readdirSync(directory).filter((name) => !name.endsWith(".manifest.json"));
  const prune = (keep: number, options: Parameters<typeof record>[1] = {}) =>
    pruneAction.run({ keep }, record(target, options).context);

  it("keeps the newest, this drill's, and the newest that passed", async () => {
    const days = ["01", "02", "03", "04", "05", "06"].map((day) =>
      backup(`staging_drill_202611${day}_120000.sql`),
    );
    const [, second = "", third = "", fourth = ""] = days;
    const pruned = await prune(1, { variables: { BACKUP_FILE: fourth }, passed: [second, third] });
    expect(pruned).toMatchObject({ ok: true });
    expect(left()).toEqual([
      "staging_drill_20261103_120000.sql",
      "staging_drill_20261104_120000.sql",
      "staging_drill_20261106_120000.sql",
    ]);
    expect(readdirSync(directory)).toHaveLength(6);
    const told = pruned.checks.map(({ title, observed }) => `${title}: ${observed}`).join("\n");
    expect(told).toContain("20261103_120000.sql: kept: the newest that passed a drill");
    expect(told).toContain("20261101_120000.sql: removed");
  });

  it("leaves everything that is not provably an old backup of this database", async () => {
    backup("staging_drill_20261120_120000.sql");
    backup("staging_drill_20261101_120000.sql", { database: "other" });
    backup("staging_drill_20261102_120000.sql", {
      server: { ...place.target.summary.server, systemIdentifier: "1" },
    });
    writeFileSync(join(directory, "staging_drill_20261103_120000.sql"), "no manifest");
    backup("production_20261104_120000.sql");
    backup("staging_drill_20261105_120000.sql.gz");
    backup("staging_drill_2026.sql");
    const elsewhere = join(place.project, `precious-${round}`);
    writeFileSync(elsewhere, "precious");
    symlinkSync(elsewhere, join(directory, "staging_drill_20261106_120000.sql"));
    writeFileSync(
      manifestPath(join(directory, "staging_drill_20261106_120000.sql")),
      composeManifest(manifest()),
    );
    const damaged = backup("staging_drill_20261107_120000.sql");
    writeFileSync(manifestPath(damaged), "{}");
    const before = left();
    expect(await prune(1)).toMatchObject({ ok: true });
    expect(left()).toEqual(before);
    expect(existsSync(elsewhere)).toBe(true);
  });

  it("removes old directories whole, with their manifest", async () => {
    backup("staging_drill_20261120_120000.dump");
    const path = join(directory, "staging_drill_20261101_120000");
    mkdirSync(path);
    writeFileSync(join(path, "toc.dat"), "x");
    writeFileSync(manifestPath(path), composeManifest(manifest()));
    expect(await prune(1)).toMatchObject({ ok: true });
    expect(readdirSync(directory)).toEqual([
      "staging_drill_20261120_120000.dump",
      "staging_drill_20261120_120000.dump.manifest.json",
    ]);
  });

  it("keeps as many as it is told, and never none", async () => {
    for (const day of ["01", "02", "03"]) backup(`staging_drill_202611${day}_120000.sql`);
    await prune(2);
    expect(left()).toHaveLength(2);
    expect(pruneAction.inputs.safeParse({ keep: "0" }).success).toBe(false);
    expect(pruneAction.inputs.parse({})).toEqual({ keep: 1 });
  });

  it("has nothing to do where there is no directory", async () => {
    target = { ...target, backupDirectory: join(directory, "none") };
    expect(await prune(1)).toMatchObject({ ok: true });
  });
});
