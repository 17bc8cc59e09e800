/** The credential rotation drill on a real server, and what a failure half-way leaves. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newHome, runCli } from "../helpers/cli.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../helpers/postgres15.ts";

describe.runIf(postgres15Available)("the secrets rotation drill", () => {
  let server: Postgres15;
  let home: string;
  beforeAll(async () => {
    server = await startPostgres15();
    server.createRole("ringrift", "pw", "CREATEDB CREATEROLE");
    server.createDatabase("ringrift", "ringrift");
    server.psql("SET ROLE ringrift; CREATE TABLE games (id int PRIMARY KEY)", "ringrift");
  });
  beforeEach(async () => {
    home = await newHome();
    const place = `host: ${server.host}, port: ${server.port}, user: ringrift, database: ringrift`;
    writeFileSync(
      join(home, "restore-drill.yaml"),
      `default: local\nenvironments:\n  local: { target: direct, ${place}, password: "\${PW}", backups: { host: . } }\n`,
    );
  });
  afterAll(() => server?.stop());

  const drill = () =>
    runCli(["run", "secrets-rotation", "--headless"], {
      home,
      env: { PW: "pw", PATH: `${server.bin}:${process.env.PATH}` },
    });
  const left = () =>
    server.psql(
      "SELECT rolname FROM pg_roles WHERE rolname LIKE '%drill%' UNION ALL SELECT datname FROM pg_database WHERE datname LIKE '%drill%'",
    );

  it("makes, tries and retires both credentials, and leaves neither", async () => {
    const { exit, stdout, stderr } = await drill();
    expect(exit, stdout + stderr).toBe(0);
    // Each at its own step: what the end of the drill cleans up comes later.
    const at = (text: string) => stdout.indexOf(text);
    const retired = at('role "ringrift_drill_old" (being retired): dropped');
    expect(retired).toBeGreaterThan(0);
    expect(retired).toBeLessThan(at("run     retire-new"));
    const log = readFileSync(join(home, "log.jsonl"), "utf8");
    expect(log).toContain("its login is refused");
    expect(left()).toBe("");
    expect(existsSync(join(home, ".rotation-old"))).toBe(false);
  }, 60_000);

  it("touches no role of somebody else, and removes its own when it fails half-way", async () => {
    server.createRole("ringrift_drill_new", "theirs");
    const { exit, stdout, stderr } = await drill();
    expect(exit, stdout + stderr).toBe(4);
    expect(stdout + stderr).toContain("exists already, so nothing was made");
    expect(left()).toBe("ringrift_drill_new");
    expect(existsSync(join(home, ".rotation-old"))).toBe(false);
    expect(existsSync(join(home, ".rotation-new"))).toBe(false);
    server.psql("DROP ROLE ringrift_drill_new");
  }, 60_000);
});
