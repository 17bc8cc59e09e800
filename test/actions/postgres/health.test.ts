import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectionHeadroomAction } from "../../../source/actions/environment/connection-headroom.ts";
import { healthAction } from "../../../source/actions/postgres/health.ts";
import type { Session } from "../../../source/postgres/session.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../../helpers/postgres15.ts";
import { must } from "../../helpers/results.ts";
import { openPlace, type Place, record } from "./support.ts";

describe.runIf(postgres15Available)("the server's health", () => {
  let server: Postgres15;
  let place: Place;

  beforeAll(async () => {
    server = await startPostgres15({ settings: { max_connections: "13" } });
    const owner = server.createRole("owner", "pw", "CREATEDB");
    server.createDatabase("primary", "owner");
    place = await openPlace(server, owner, "primary");
  });
  afterAll(async () => {
    await place?.close();
    await server?.stop();
  });

  it("gives the version and what a drill needs to know", async () => {
    const run = record(place.target);
    const result = await healthAction.run({}, run.context);
    expect(result).toMatchObject({
      ok: true,
      values: { SERVER_VERSION: expect.stringMatching(/^15/u) },
    });
    expect(result.checks.map(({ title, status }) => `${title}: ${status}`)).toEqual([
      "Server reachable: passed",
      "Version: passed",
      "Accepts writes: passed",
      "Connections: warning",
      "Up for: info",
      "Round trip: info",
    ]);
    expect(result.measurements?.databaseBytes).toBeGreaterThan(1_000_000);
  });

  it("is not enough when too few connections are left", async () => {
    const sessions: Session[] = [];
    for (let open = 0; open < 5; open += 1) {
      sessions.push(
        must(await place.target.connect({ database: "primary", role: "primary", purpose: "idle" })),
      );
    }
    const result = await healthAction.run({}, record(place.target).context);
    await Promise.all(sessions.map((session) => session.close()));
    expect(result).toMatchObject({ ok: false, problem: { code: "unusable" } });
    expect(result.checks).toContainEqual(
      expect.objectContaining({ title: "Connections", status: "failed" }),
    );
  });

  it("counts what a drill holds against every limit there is", async () => {
    const run = (format: "plain" | "directory") =>
      connectionHeadroomAction.run({ format }, record(place.target).context);
    const told = async (format: "plain" | "directory" = "plain") =>
      (await run(format)).checks.map(
        ({ title, status, observed }) => `${status} ${title}: ${observed}`,
      );
    expect(await told()).toEqual([
      "passed Server: 10 free (max_connections 13, 0 in use, 3 reserved)",
      "info Role owner: no limit of its own, 0 in use",
      "info Database primary: no limit of its own, 0 in use",
      expect.stringMatching(/^info Held at once: 6 by a plain backup/),
    ]);
    expect(await told("directory")).toContainEqual(expect.stringContaining("8 by a directory"));
    server.psql("ALTER ROLE owner CONNECTION LIMIT 5");
    server.psql('ALTER DATABASE "primary" CONNECTION LIMIT 4');
    const other = server.createRole("other", "pw");
    const foreign = must(
      await openPlace(server, other, "primary").then(({ target }) =>
        target.connect({ database: "primary", role: "primary", purpose: "idle" }),
      ),
    );
    const result = await run("plain");
    expect(result).toMatchObject({ ok: false, problem: { code: "unusable" } });
    expect(
      result.checks.slice(0, 3).map(({ status, observed }) => `${status} ${observed}`),
    ).toEqual([
      "passed 9 free (max_connections 13, 1 in use, 3 reserved)",
      "warning 5 free (CONNECTION LIMIT 5, 0 in use)",
      "failed 3 free (CONNECTION LIMIT 4, 1 in use)",
    ]);
    await foreign.close();
    server.psql("ALTER ROLE owner CONNECTION LIMIT -1");
    server.psql('ALTER DATABASE "primary" CONNECTION LIMIT -1');
  });

  it("cannot be told when nothing answers", async () => {
    server.crash();
    const result = await healthAction.run({}, record(place.target).context);
    expect(result).toMatchObject({ ok: false, problem: { code: "unusable" } });
    expect(result.checks[0]).toMatchObject({ title: "Server reachable", status: "failed" });
  });
});
