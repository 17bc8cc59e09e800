/** An autovacuum worker in the restore database keeps nobody from dropping it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Target } from "../../source/environment/target.ts";
import { openDirectTarget } from "../../source/environment/targets/direct.ts";
import { dropDatabase } from "../../source/postgres/drop-database.ts";
import { composeMarker } from "../../source/postgres/marker.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../helpers/postgres15.ts";
import { must } from "../helpers/results.ts";
import { waitFor } from "../helpers/wait-for.ts";

describe.runIf(postgres15Available)("dropping as a user without rights on statistics", () => {
  let server: Postgres15;
  let target: Target;

  beforeAll(async () => {
    server = await startPostgres15({
      // So slow that the worker is there for as long as the test looks.
      settings: {
        autovacuum_naptime: "1s",
        autovacuum_vacuum_cost_delay: "100ms",
        autovacuum_vacuum_cost_limit: "1",
      },
    });
    const owner = server.createRole("owner", "secret", "CREATEDB");
    for (const name of ["primary", "restored"]) server.createDatabase(name, "owner");
    const options = { line() {}, signal: new AbortController().signal };
    const config = { name: "local", target: "direct", production: false, project: "/tmp" } as const;
    target = must(
      await openDirectTarget(
        { ...config, ...owner, database: "primary", bin: server.bin, backups: { host: "/tmp" } },
        options,
      ),
    );
  });

  afterAll(async () => {
    await target.close();
    await server.stop();
  });

  it("drops it all the same, and refuses while a person is connected", async () => {
    const marker = composeMarker({
      drill: "d1",
      madeAt: "2026-11-22T14:30:00Z",
      primary: "primary",
    });
    server.psql(`COMMENT ON DATABASE restored IS '${marker.replaceAll("'", "''")}'`);
    server.psql(
      "CREATE TABLE t AS SELECT i, repeat('x', 500) AS v FROM generate_series(1, 40000) i; UPDATE t SET v = v || 'y'",
      "restored",
    );
    await waitFor(
      () =>
        expect(
          server.psql(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = 'restored' AND backend_type = 'autovacuum worker'",
          ),
        ).toBe("1"),
      100,
    );
    const person = must(
      await target.connect({ database: "restored", role: "restore", purpose: "a person" }),
    );
    must(await person.query("SET application_name = 'psql'"));
    const refused = await dropDatabase(target, {
      database: "restored",
      drill: "d1",
      waitSeconds: 0,
    });
    expect(refused).toMatchObject({ ok: false, problem: { code: "refused" } });
    expect(refused.ok ? "" : refused.problem.message).toContain("psql");
    await person.close();
    expect(await dropDatabase(target, { database: "restored", drill: "d1" })).toEqual({
      ok: true,
      value: "dropped",
    });
  });
});
