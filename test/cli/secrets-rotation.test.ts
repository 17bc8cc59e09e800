/** The secrets rotation drill on a real server, and what is known and left when it stops half-way. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openSession } from "../../source/postgres/connect.ts";
import { newHome, runCli, startCli } from "../helpers/cli.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../helpers/postgres15.ts";
import { must } from "../helpers/results.ts";

const SHIPPED = new URL("../../checklists/secrets-rotation.yaml", import.meta.url);
const LEFT =
  "SELECT rolname FROM pg_roles WHERE rolname LIKE '%drill%' UNION ALL SELECT datname FROM pg_database WHERE datname LIKE '%drill%' ORDER BY 1";

/** A step that does what none should. */
const PRINT = 'echo "it is $(cat .rotation-new)"';
const MASKED = "it is ••••";

describe.runIf(postgres15Available)("the secrets rotation drill", () => {
  let server: Postgres15;
  let home: string;
  beforeAll(async () => {
    server = await startPostgres15();
    server.createRole("ringrift", "pw", "CREATEDB CREATEROLE");
    server.createRole("plain", "pw", "CREATEDB");
    server.createDatabase("ringrift", "ringrift");
    server.psql("SET ROLE ringrift; CREATE TABLE games (id int PRIMARY KEY)", "ringrift");
  });
  beforeEach(async () => {
    home = await newHome();
    environment("ringrift");
  });
  afterAll(() => server?.stop());

  function environment(user: string) {
    const place = `host: ${server.host}, port: ${server.port}, user: ${user}, database: ringrift`;
    writeFileSync(
      join(home, "restore-drill.yaml"),
      `default: local\nenvironments:\n  local: { target: direct, ${place}, password: "\${PW}", backups: { host: . } }\n`,
    );
  }
  const options = () => ({ home, env: { PW: "pw", PATH: `${server.bin}:${process.env.PATH}` } });
  const drill = (checklist = "secrets-rotation") =>
    runCli(["run", checklist, "--headless"], options());
  const left = () => server.psql(LEFT);
  const secrets = () => readdirSync(home).filter((name) => name.startsWith(".rotation"));
  const log = () => readFileSync(join(home, "log.jsonl"), "utf8");

  /** The shipped checklist with a step between the new credential and the end of the old one. */
  function halfWay(between: string): string {
    const text = readFileSync(SHIPPED, "utf8");
    const step = `          - { id: between, title: Between, run: ${JSON.stringify(between)} }\n`;
    const file = join(home, "half-way.yaml");
    writeFileSync(file, text.replace("          - id: retire-old\n", `${step}$&`));
    return file;
  }

  async function stoppedHalfWay(signal: "SIGKILL" | "SIGINT") {
    const file = halfWay(`touch reached; until test -e go; do sleep 0.05; done; ${PRINT}`);
    const running = startCli(["run", file, "--headless"], options());
    await expect.poll(() => existsSync(join(home, "reached")), { timeout: 30_000 }).toBe(true);
    running.child.kill(signal);
    const { exit, stderr } = await running.ended;
    return { id: /drill-\d{8}-\d{6}-\w+/.exec(running.stdout())?.[0] ?? "", exit, stderr };
  }

  function expectBothWorked() {
    const entry: unknown = JSON.parse(log().trim().split("\n").at(-1) ?? "");
    const works = (role: string) => ({
      title: `Role "ringrift_drill_${role}"`,
      status: "info",
      observed: "its login works",
    });
    const told = { id: "what-is-left", checks: [works("old"), works("new")] };
    expect(entry).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({
          id: "cleaned",
          steps: expect.arrayContaining([expect.objectContaining(told)]),
        }),
      ]),
    });
  }

  it("makes, tries and retires both credentials, and leaves neither", async () => {
    const { exit, stdout, stderr } = await drill();
    expect(exit, stdout + stderr).toBe(0);
    // Each at its own step: what the end of the drill cleans up comes later.
    const at = (text: string) => stdout.indexOf(text);
    const retired = at('role "ringrift_drill_old" (being retired): dropped');
    expect(retired).toBeGreaterThan(0);
    expect(retired).toBeLessThan(at("run     retire-new"));
    expect(log()).toContain("is refused with a wrong one");
    expect(log()).toContain("its login is refused");
    expect(left()).toBe("");
    expect(secrets()).toEqual([]);
  }, 60_000);

  it("touches no role of somebody else", async () => {
    server.createRole("ringrift_drill_new", "theirs");
    const { exit, stdout, stderr } = await drill();
    expect(exit, stdout + stderr).toBe(4);
    expect(stdout + stderr).toContain("exists already, so nothing was made");
    expect(left()).toBe("ringrift_drill_new");
    server.psql("DROP ROLE ringrift_drill_new");
  }, 60_000);

  it("makes nothing where its user may not create roles", async () => {
    server.psql("GRANT ringrift TO plain");
    environment("plain");
    const { exit, stdout, stderr } = await drill();
    expect(exit, stdout + stderr).toBe(4);
    expect(stdout + stderr).toContain('User "plain" may not create roles');
    expect(readdirSync(home).filter((name) => name.endsWith(".sql"))).toEqual([]);
  }, 60_000);

  it("says that both credentials work when it fails half-way, masks and removes them", async () => {
    const { exit } = await drill(halfWay(`${PRINT}; false`));
    expect(exit).toBe(1);
    expect(allText(home)).toContain(MASKED);
    expectBothWorked();
    expect(left()).toBe("");
    expect(secrets()).toEqual([]);
  }, 60_000);

  it("owes both after kill -9, keeps them secret, and abandoning says they worked", async () => {
    const { id } = await stoppedHalfWay("SIGKILL");
    expect(left()).toBe("ringrift_drill_new\nringrift_drill_old\nringrift_rotation_drill");
    expect(secrets()).toEqual([".rotation-new", ".rotation-old"]);
    const journal = allText(home);
    for (const name of secrets()) {
      expect(statSync(join(home, name)).mode & 0o777).toBe(0o600);
      expect(journal).not.toContain(readFileSync(join(home, name), "utf8"));
    }
    expect(journal).toContain("(made, its login works)");
    const { exit, stdout, stderr } = await runCli(["abandon", id], options());
    expect(exit, stdout + stderr).toBe(0);
    expectBothWorked();
    expect(left()).toBe("");
    expect(secrets()).toEqual([]);
  }, 60_000);

  it("names both credentials and the way back when it is interrupted", async () => {
    const { id, exit, stderr } = await stoppedHalfWay("SIGINT");
    expect(exit).toBe(130);
    expect(stderr).toContain('still there: role "ringrift_drill_old" (made, its login works)');
    expect(stderr).toContain('still there: role "ringrift_drill_new" (made, its login works)');
    expect(stderr).toContain(`restore-drill resume ${id}`);
    expect(stderr).toContain(`restore-drill abandon ${id}`);
    expect((await runCli(["abandon", id], options())).exit).toBe(0);
    expect(left()).toBe("");
  }, 60_000);

  it("goes on to the end after kill -9, and masks what an earlier life made", async () => {
    const { id } = await stoppedHalfWay("SIGKILL");
    writeFileSync(join(home, "go"), "");
    const password = readFileSync(join(home, ".rotation-new"), "utf8");
    const { exit, stdout, stderr } = await runCli(["resume", id, "--headless"], options());
    expect(exit, stdout + stderr).toBe(0);
    expect(allText(home)).not.toContain(password);
    expect(allText(home)).toContain(MASKED);
    expect(left()).toBe("");
  }, 60_000);

  it("owes a role whose making was cut off, and removes it if it came to be", async () => {
    const other = must(
      await openSession(server.connection, {
        ...{ database: "postgres", role: "maintenance", purpose: "test" },
      }),
    );
    // Whoever creates a role of this name waits until this one is gone again.
    must(await other.query("BEGIN; CREATE ROLE ringrift_drill_old"));
    const running = startCli(["run", "secrets-rotation", "--headless"], options());
    const waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    await expect.poll(() => server.psql(waiting), { timeout: 30_000 }).toBe("1");
    running.child.kill("SIGKILL");
    await running.ended;
    must(await other.query("ROLLBACK"));
    await other.close();
    await expect.poll(() => server.psql(waiting)).toBe("0");
    const id = /drill-\d{8}-\d{6}-\w+/.exec(running.stdout())?.[0] ?? "";
    expect(allText(home)).toContain("(being made)");
    const { exit, stdout, stderr } = await runCli(["abandon", id], options());
    expect(exit, stdout + stderr).toBe(0);
    expect(left()).toBe("");
    expect(secrets()).toEqual([]);
  }, 60_000);
});

/** All that the tool stored; the secrets' own files are not among it. */
function allText(home: string): string {
  return readdirSync(home, { recursive: true, encoding: "utf8" })
    .filter((name) => !name.startsWith(".rotation") && statSync(join(home, name)).isFile())
    .map((name) => readFileSync(join(home, name), "utf8"))
    .join("\n");
}
