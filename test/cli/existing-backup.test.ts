/** BACKUP_FILE=... drills a backup that was taken before, against its manifest. */
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { manifestPath } from "../../source/postgres/manifest-file.ts";
import { newHome, runCli } from "../helpers/cli.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../helpers/postgres15.ts";

describe.runIf(postgres15Available)("a drill of an existing backup", () => {
  let server: Postgres15;
  let other: Postgres15;
  let home: string;
  let backup: string;

  beforeAll(async () => {
    [server, other] = await Promise.all([startPostgres15(), startPostgres15()]);
    for (const one of [server, other]) one.createRole("owner", "pw", "CREATEDB");
    server.createDatabase("game", "owner");
    server.psql(
      `SET ROLE owner; CREATE TABLE games (id serial PRIMARY KEY, name text);
       INSERT INTO games (name) SELECT 'game ' || g FROM generate_series(1, 300) g;`,
      "game",
    );
    home = await newHome();
    mkdirSync(join(home, "backups"));
    configure("here", server, "game");
    const taken = await drill("here");
    expect(taken.exit, taken.stderr).toBe(0);
    backup = entries().at(-1)?.backup.file ?? "";
  });
  afterAll(async () => {
    await Promise.all([server?.stop(), other?.stop()]);
    rmSync(home, { recursive: true, force: true });
  });

  function configure(name: string, on: Postgres15, database: string): void {
    writeFileSync(
      join(home, `${name}.yaml`),
      `default: ${name}
environments:
  ${name}:
    target: direct
    host: ${on.host}
    port: ${on.port}
    user: owner
    database: ${database}
    password: \${DRILL_DB_PASSWORD}
    bin: ${on.bin}
    backups: { host: ./backups }
`,
    );
    chmodSync(join(home, `${name}.yaml`), 0o644);
  }
  const entries = () =>
    readFileSync(join(home, "log.jsonl"), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  function drill(name: string, args: readonly string[] = [], env: Record<string, string> = {}) {
    const config = join(home, `${name}.yaml`);
    return runCli(["--headless", "--json", "--config", config, ...args], {
      home,
      env: { DRILL_DB_PASSWORD: "pw", ...env },
    });
  }
  const stepOf = (id: string) =>
    entries()
      .at(-1)
      ?.items.flatMap(({ steps }: { steps: readonly { id: string }[] }) => steps)
      .find((step: { id: string }) => step.id === id);

  it("passes on the same server when the primary has long moved on, and takes no new dump", async () => {
    server.psql(
      "SET ROLE owner; DELETE FROM games WHERE id > 10; CREATE TABLE fresh (a int)",
      "game",
    );
    const before = entries().length;
    const outcome = await drill("here", [], { BACKUP_FILE: backup });
    expect(outcome.exit, outcome.stderr).toBe(0);
    expect(entries()).toHaveLength(before + 1);
    expect(stepOf("take-backup")).toMatchObject({ status: "not-applicable" });
    expect(entries().at(-1)).toMatchObject({
      backup: { file: backup },
      proof: { verdict: "equal", rows: 300 },
    });
  });

  it("takes --set before the process environment", async () => {
    const outcome = await drill("here", ["--dry-run", "--set", "BACKUP_FILE=/set"], {
      BACKUP_FILE: "/environment",
    });
    expect(outcome.stdout).toContain("/set");
    expect(outcome.stdout).not.toContain("/environment");
  });

  it("is refused on another server, except on purpose, and then proven there", async () => {
    other.createDatabase("game", "owner");
    configure("there", other, "game");
    const refused = await drill("there", [], { BACKUP_FILE: backup });
    expect(refused.exit).toBe(1);
    expect(JSON.stringify(stepOf("inspect-backup"))).toContain("another server");
    const outcome = await drill("there", ["--set", "BACKUP_ORIGIN=any"], { BACKUP_FILE: backup });
    expect(outcome.exit, outcome.stderr + outcome.stdout.slice(-3000)).toBe(0);
    expect(entries().at(-1)?.proof).toMatchObject({ verdict: "equal", rows: 300 });
  });

  it("is proven when the primary is gone, from any other database of a server", async () => {
    other.psql("DROP DATABASE game");
    configure("gone", other, "postgres");
    const outcome = await drill(
      "gone",
      ["--set", "BACKUP_ORIGIN=any", "--set", "RESTORE_DB=game_restored"],
      { BACKUP_FILE: backup },
    );
    expect(outcome.exit, outcome.stderr + outcome.stdout.slice(-3000)).toBe(0);
    expect(entries().at(-1)?.proof).toMatchObject({ verdict: "equal", rows: 300 });
  });

  it("fails for a changed backup, a changed manifest, and a stale one", async () => {
    const copy = join(home, "backups", "copy.sql");
    const fresh = () => {
      cpSync(backup, copy);
      cpSync(manifestPath(backup), manifestPath(copy));
    };
    fresh();
    appendFileSync(copy, "-- more\n");
    expect((await drill("here", [], { BACKUP_FILE: copy })).exit).toBe(1);
    expect(JSON.stringify(stepOf("inspect-backup"))).toContain("Digest as in the manifest");
    fresh();
    const manifest = readFileSync(manifestPath(copy), "utf8");
    writeFileSync(manifestPath(copy), manifest.replace('"rows": 300', '"rows": 299'));
    expect(manifest).toContain('"rows": 300');
    expect((await drill("here", [], { BACKUP_FILE: copy })).exit).toBe(1);
    fresh();
    const stale = await drill("here", ["--set", "MAX_BACKUP_AGE=1s"], { BACKUP_FILE: copy });
    expect(stale.exit).toBe(1);
    expect(JSON.stringify(stepOf("inspect-backup"))).toContain("stale");
  });

  it("does not pass without a manifest: the proof is not possible, and says what was checked", async () => {
    const bare = join(home, "backups", "bare.sql");
    cpSync(backup, bare);
    const outcome = await drill("here", [], { BACKUP_FILE: bare });
    expect(outcome.exit).toBe(1);
    expect(entries().at(-1)).toMatchObject({
      verdict: "failed",
      proof: { verdict: "not-possible" },
    });
    expect(JSON.stringify(stepOf("prove"))).toContain("Checked instead");
  });
});
