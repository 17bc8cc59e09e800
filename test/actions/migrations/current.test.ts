import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Target } from "../../../source/environment/target.ts";
import { openSession } from "../../../source/postgres/connect.ts";
import type { SessionOptions } from "../../../source/postgres/session.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../../helpers/postgres15.ts";
import { stepWorld, temporaryDirectory } from "../../helpers/step-world.ts";
import { usesStep } from "../../helpers/uses-step.ts";

const TABLE = `create table _prisma_migrations (
  id varchar(36) primary key default gen_random_uuid(), checksum varchar(64) not null,
  finished_at timestamptz, migration_name varchar(255) not null, logs text,
  rolled_back_at timestamptz, started_at timestamptz not null default now(),
  applied_steps_count integer not null default 0)`;

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

describe.runIf(postgres15Available)("migrations/current", () => {
  let server: Postgres15;
  let database = "";
  let number = 0;
  const roles: SessionOptions["role"][] = [];

  beforeAll(async () => {
    server = await startPostgres15();
  });
  afterAll(() => server?.stop());
  beforeEach(() => {
    number += 1;
    roles.length = 0;
    database = `odd "name" ${number}`;
    server.createDatabase(database);
  });

  async function run(files: Readonly<Record<string, string>>, given: Partial<Target> = {}) {
    const project = temporaryDirectory();
    mkdirSync(join(project, "prisma"));
    for (const [name, sql] of Object.entries(files)) {
      mkdirSync(join(project, "prisma", name), { recursive: true });
      writeFileSync(join(project, "prisma", name, "migration.sql"), sql);
    }
    writeFileSync(join(project, "prisma", "migration_lock.toml"), 'provider = "postgresql"');
    const world = stepWorld({
      values: { RESTORE_DB: database },
      target: {
        project,
        variables: { MIGRATIONS_DIR: "prisma" },
        capabilities: new Set(["migrations"]),
        connect(options) {
          roles.push(options.role);
          return openSession(server.connection, options);
        },
        ...given,
      },
    });
    const step = usesStep("migrations/current", { database: "${RESTORE_DB}" });
    return world.runner.run(step, world.context);
  }

  function apply(name: string, sql: string): string {
    return `insert into _prisma_migrations (migration_name, checksum, finished_at)
      values ('${name}', '${sha256(sql)}', now())`;
  }

  const FILES = { "1_init": "create table a ();\n", "2_more": "create table b ();\n" };

  it("passes when the table and the directory agree", async () => {
    const windows = apply("2_more", FILES["2_more"].replaceAll("\n", "\r\n"));
    server.psql(`${TABLE}; ${apply("1_init", FILES["1_init"])}; ${windows}`, database);
    const outcome = await run(FILES);
    expect(outcome).toMatchObject({
      status: "passed",
      report: { checks: [{ title: "Migrations applied", expected: "2", observed: "2" }] },
    });
    expect(roles).toEqual(["restore"]);
  });

  it("names what is missing, extra, changed and unfinished", async () => {
    server.psql(
      `${TABLE}; ${apply("1_init", "edited")}; ${apply("9_extra", "x")};
       insert into _prisma_migrations (migration_name, checksum) values ('2_more', 'x')`,
      database,
    );
    const outcome = await run({ ...FILES, "3_new": "select 1" });
    expect(outcome.status).toBe("failed");
    expect(outcome.report.checks.slice(1).map(({ title, observed }) => [title, observed])).toEqual([
      ["Not applied", "3_new"],
      ["Begun but not finished", "2_more"],
      ["Applied but not in the directory", "9_extra"],
      ["Changed since they were applied", "1_init"],
    ]);
  });

  it("says that a database was never migrated", async () => {
    expect(await run(FILES)).toMatchObject({
      status: "failed",
      failure: { message: expect.stringContaining("has no table _prisma_migrations") },
    });
  });

  it("finds the table in another schema", async () => {
    const inGame = `create schema "Game ""x"; set search_path to "Game ""x"`;
    server.psql(`${inGame}; ${TABLE}; ${apply("1_init", "x")}`, database);
    expect((await run({ "1_init": "x" })).status).toBe("passed");
  });

  it("fails on a directory without migrations, or none at all", async () => {
    server.psql(TABLE, database);
    expect((await run({})).status).toBe("failed");
    const lost = await run({}, { variables: { MIGRATIONS_DIR: "nowhere" } });
    expect(lost).toMatchObject({
      failure: { message: expect.stringContaining("there is no such directory") },
    });
  });

  it("opens the primary read-only", async () => {
    server.psql(`${TABLE}; ${apply("1_init", "x")}`, database);
    const { summary } = stepWorld().target;
    const outcome = await run({ "1_init": "x" }, { summary: { ...summary, database } });
    expect(outcome.status).toBe("passed");
    expect(roles).toEqual(["primary"]);
  });
});
