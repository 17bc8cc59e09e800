/** What goes wrong around a drill, as its operator sees it: message, exit code, and nothing left behind. */
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { canMount, mountLying, mountTiny } from "../faults/catalogue/mount.ts";
import { newHome, runCli } from "../helpers/cli.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../helpers/postgres15.ts";

const mounts = canMount();
if (!mounts) console.warn("Full disks are not tested: only root may mount a small one to fill.");

describe.runIf(postgres15Available)("a drill that meets with", () => {
  let server: Postgres15;
  let home: string;
  let bin: string;

  beforeAll(async () => {
    server = await startPostgres15();
    server.createRole("ringrift", "pw", "CREATEDB");
    server.createDatabase("ringrift", "ringrift");
    server.psql(
      `SET ROLE ringrift; CREATE TABLE moves (id serial PRIMARY KEY, note text);
      INSERT INTO moves (note) SELECT repeat(md5(i::text), 10) FROM generate_series(1, 5000) i;`,
      "ringrift",
    );
  });
  beforeEach(async () => {
    home = await newHome();
    bin = join(home, "bin");
    for (const folder of ["bin", "backups"]) mkdirSync(join(home, folder));
    for (const tool of readdirSync(server.bin)) {
      symlinkSync(join(server.bin, tool), join(bin, tool));
    }
  });
  afterAll(() => server?.stop());

  /** Bash, with the real program as `$REAL` and its file as `$FILE`. */
  function wrap(tool: string, script: string, banner = '$("$REAL" --version)') {
    rmSync(join(bin, tool));
    const text = `#!/bin/bash
REAL='${join(server.bin, tool)}'; FILE="\${*: -1}"; FILE="\${FILE#--file=}"
if [ "$1" = --version ]; then echo "${banner}"; exit; fi
${script}\n`;
    writeFileSync(join(bin, tool), text, { mode: 0o755 });
  }

  async function drill(format: string) {
    const config = join(home, "restore-drill.yaml");
    writeFileSync(
      config,
      `default: local
environments:
  local:
    target: direct
    host: ${server.host}
    port: ${server.port}
    user: ringrift
    database: ringrift
    password: \${DRILL_DB_PASSWORD}
    bin: ${bin}
    backups: { host: ./backups }
`,
    );
    const args = ["--headless", "--config", config, "--set", `BACKUP_FORMAT=${format}`];
    const before = databases();
    const outcome = await runCli(args, { home, env: { DRILL_DB_PASSWORD: "pw" } });
    expect(databases()).toBe(before);
    return { ...outcome, said: outcome.stdout + outcome.stderr };
  }

  const databases = () => server.psql("SELECT string_agg(datname, ' ') FROM pg_database");
  const backups = () => readdirSync(join(home, "backups")).filter((name) => name !== "filler");
  const verdict = () => {
    const entry: unknown = JSON.parse(readFileSync(join(home, "log.jsonl"), "utf8"));
    return entry;
  };
  /** The backup is whole and has its manifest: only the restore went wrong. */
  const keepsItsBackup = () =>
    expect(backups().filter((n) => n.endsWith(".manifest.json"))).toHaveLength(1);

  it.each(["plain", "directory"])(
    "a pg_dump killed with -9 half-way through a %s backup",
    async (format) => {
      const cut =
        format === "directory"
          ? 'rm "$FILE"/toc.dat'
          : 'truncate -s "$(($(stat -c %s "$FILE") / 2))" "$FILE"';
      wrap("pg_dump", `"$REAL" "$@"; ${cut}; kill -9 $$`);
      const { exit, said } = await drill(format);
      expect(said).toContain("pg_dump failed (signal SIGKILL)");
      expect(said).toContain("killed from outside");
      expect(exit).toBe(1);
      expect(backups()).toEqual([]);
      expect(verdict()).toMatchObject({ verdict: "failed" });
    },
  );

  it("a psql killed with -9 half-way through a restore", async () => {
    wrap("psql", `head -c 100000 "$FILE" | "$REAL" "\${@:1:$#-1}" >/dev/null; kill -9 $$`);
    const { exit, said } = await drill("plain");
    expect(said).toContain("psql failed (signal SIGKILL)");
    expect(exit).toBe(1);
    keepsItsBackup();
  });

  it("a pg_restore killed with -9 half-way through a restore", async () => {
    wrap("pg_restore", '"$REAL" --section=pre-data "$@"; kill -9 $$');
    const { exit, said } = await drill("custom");
    expect(said).toContain("pg_restore failed (signal SIGKILL)");
    expect(exit).toBe(1);
    keepsItsBackup();
  });

  /** A stand-in says the version, and what such a psql says; no real one is to be had. */
  it("a psql that is too old for a backup's first line, and has a known hole", async () => {
    const says = "psql:$FILE:5: error: invalid command \\\\restrict";
    wrap("psql", `echo "${says}" >&2; exit 3`, "psql (PostgreSQL) 15.13");
    const { exit, said } = await drill("plain");
    expect(said).toContain("psql (PostgreSQL) 15.13 cannot read this backup");
    expect(said).toContain("Update psql to 15.14 or later");
    expect(said).not.toContain("invalid command");
    expect(said).toContain("CVE-2026-18408");
    expect(exit).toBe(1);
    keepsItsBackup();
  });

  describe.runIf(mounts)("a disk that somebody else fills", () => {
    const unmounts: (() => void)[] = [];
    const tiny = (place: string) => {
      chmodSync(home, 0o755);
      unmounts.unshift(mountTiny(place, "96m"));
      return place;
    };
    const fill = (place: string) => `dd if=/dev/zero of='${place}/filler' bs=64k 2>/dev/null`;
    afterAll(() => {
      for (const unmount of unmounts) unmount();
    });

    it("where the backup goes", async () => {
      const place = tiny(join(home, "backups"));
      wrap("pg_dump", `${fill(place)}; exec "$REAL" "$@"`);
      const { exit, said } = await drill("plain");
      expect(said).toContain("No space left on device");
      expect(said).toContain("Make room on the disk");
      expect(exit).toBe(1);
      expect(backups()).toEqual([]);
    });

    it("where the backup goes, of which nobody hears before the disk is waited for", async ({
      skip,
    }) => {
      const unmount = mountLying(join(home, "backups"));
      if (unmount === undefined) return skip("There are no loop devices here.");
      unmounts.unshift(unmount);
      const { exit, said } = await drill("plain");
      expect(said).toMatch(
        /The disk does not hold .*staging_drill_.*\.sql: .*(?:no space left|EIO)/,
      );
      expect(exit).toBe(1);
      expect(backups()).toEqual(["lost+found"]);
    });

    it("where the server keeps the restore", async () => {
      const place = join(home, "tablespace");
      mkdirSync(place);
      tiny(place);
      server.psql(`CREATE TABLESPACE tiny LOCATION '${place}'`);
      server.psql("GRANT CREATE ON TABLESPACE tiny TO ringrift");
      server.psql("ALTER DATABASE ringrift SET TABLESPACE tiny");
      wrap("psql", `${fill(place)}; exec "$REAL" "$@"`);
      const { exit, said } = await drill("plain");
      expect(said).toContain("No space left on device");
      expect(said).toContain("Make room on the disk");
      expect(exit).toBe(1);
      keepsItsBackup();
      server.psql("ALTER DATABASE ringrift SET TABLESPACE pg_default");
      server.psql("DROP TABLESPACE tiny");
    });
  });
});
