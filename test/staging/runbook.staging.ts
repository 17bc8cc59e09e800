/** The runbook's own commands work on the stack: what the product is measured against is sound. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { calmAlerts, fireAlert, firing } from "./alert.ts";
import { type } from "./operator.ts";
import { freePorts } from "./project.ts";
import { type Stack, startStack } from "./stack.ts";
import { until } from "./until.ts";

const RESTORE_DB = "ringrift_restore_drill";
/** Docker tells psql the size of the terminal late: until then every table looks too long. */
const NO_PAGER = "-P pager=off";
const DUMP = "staging_drill_20260102_030405.sql";

describe.each(["v1", "v2"] as const)("the runbook by Compose %s", (compose) => {
  const home = mkdtempSync(join(tmpdir(), "restore-drill-staging-"));
  const docker = compose === "v1" ? "docker-compose" : "docker compose";
  let stack: Stack;

  beforeAll(async () => {
    const directory = join(home, "opt ringrift");
    const postgres = compose === "v1" ? "busybox" : "debian";
    const name = `staging-runbook-${compose}-${process.pid}`;
    stack = await startStack({ directory, name, compose, postgres });
  });

  afterAll(() => {
    stack?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  async function succeeds(line: string, variables?: Readonly<Record<string, string>>) {
    const { code, text } = await type(stack, line, variables);
    expect(`${code}\n${text}`).toMatch(/^0\n/);
    return text;
  }

  const databaseUrl = () => `postgresql://ringrift:${stack.password}@postgres:5432/${RESTORE_DB}`;

  it("finds Postgres up, on a known-good commit", async () => {
    expect(await succeeds(`${docker} ps postgres`)).toMatch(/Up (.* )?\(healthy\)/);
    expect(await succeeds("git status --porcelain")).toBe("");
    expect((await succeeds("git rev-parse HEAD")).trim()).toBe(stack.commit);
  });

  it("validates the deployment before the drill", async () => {
    expect(await succeeds("npm run validate:deployment")).toContain("all good");
    expect(await succeeds("npm run validate:monitoring")).toContain("all good");
    expect(await succeeds("npm run ssot-check")).toContain("all good");
  });

  it("backs up into the mount and restores into a database of its own", async () => {
    await succeeds(`${docker} exec postgres pg_dump -U ringrift -d ringrift -f /backups/${DUMP}`);
    expect(readdirSync(join(stack.directory, "backups"))).toContain(DUMP);
    const dump = readFileSync(join(stack.directory, "backups", DUMP), "utf8");
    expect(dump).toMatch(/-- PostgreSQL database dump complete/);
    await succeeds(`${docker} exec postgres createdb -U ringrift ${RESTORE_DB}`);
    expect(await succeeds(`${docker} exec postgres psql ${NO_PAGER} -U ringrift -lqt`)).toContain(
      RESTORE_DB,
    );
    await succeeds(
      `${docker} exec -T postgres psql -U ringrift -d ${RESTORE_DB} < backups/${DUMP}`,
    );
    expect(
      await succeeds(
        `${docker} exec postgres psql ${NO_PAGER} -U ringrift -d ${RESTORE_DB} -c '\\dt'`,
      ),
    ).toContain("games");
    const count = "SELECT count(*), md5(string_agg(id, ' ' ORDER BY id)) FROM moves";
    expect(stack.psql(count, RESTORE_DB)).toBe(stack.psql(count));
  });

  it("has Prisma tell whether the restored database has every migration", async () => {
    const line = `${docker} run --rm -e NODE_ENV=production -e DATABASE_URL app npx prisma migrate status`;
    const variables = { DATABASE_URL: databaseUrl() };
    expect(await succeeds(line, variables)).toContain("Database schema is up to date!");
    const forget = "DELETE FROM _prisma_migrations WHERE migration_name LIKE '%leaderboard'";
    const forgotten = stack.psql(`${forget} RETURNING *`, RESTORE_DB).split("|");
    const behind = await type(stack, line, variables);
    expect(behind.code).toBe(1);
    expect(behind.text).toMatch(/not yet been applied:\s+\S+_leaderboard/);
    const columns = forgotten.map((value) => (value === "" ? "NULL" : `'${value}'`));
    stack.psql(`INSERT INTO _prisma_migrations VALUES (${columns})`, RESTORE_DB);
  });

  it("plays on the restored database through an app of its own", async () => {
    const { app: port } = await freePorts();
    const line = `${docker} run --rm -e NODE_ENV=production -e DATABASE_URL -p ${port}:3000 app npm run start`;
    const ended = type(stack, line, { DATABASE_URL: databaseUrl() });
    const url = `http://localhost:${port}`;
    await until("the temporary app", async () => (await fetch(`${url}/health`)).ok);
    expect(await succeeds(`curl -s ${url}/ready`)).toContain(`"database":"${RESTORE_DB}"`);
    expect(await succeeds("./scripts/test-auth.sh", { APP_URL: url })).toContain("all good");
    const load = await succeeds("npm run load:orchestrator:smoke", { APP_URL: url });
    expect(load).toContain("all good");
    expect(Number(stack.psql("SELECT count(*) FROM games", RESTORE_DB))).toBeGreaterThan(5_000);
    expect(stack.psql("SELECT count(*) FROM games")).toBe("5000");
    const oneOff = "label=com.docker.compose.oneoff=True";
    const label = `label=com.docker.compose.project=${stack.name}`;
    await succeeds(`docker stop $(docker ps --quiet --filter ${label} --filter ${oneOff})`);
    await ended;
    expect(await succeeds(`docker ps --all --quiet --filter ${label} --filter ${oneOff}`)).toBe("");
  });

  it("drops the restored database", async () => {
    await succeeds(`${docker} exec postgres dropdb -U ringrift ${RESTORE_DB}`);
    const names = stack.psql("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1");
    expect(names.split("\n")).toEqual(["postgres", "ringrift"]);
  });

  it("fires an alert when asked, and calms down", async () => {
    expect(await firing(stack)).toEqual([]);
    await fireAlert(stack, "OnPurpose");
    expect(await firing(stack)).toEqual(["OnPurpose"]);
    expect(await succeeds("git status --porcelain")).toBe("");
    await calmAlerts(stack);
    expect(await firing(stack)).toEqual([]);
  });
});
