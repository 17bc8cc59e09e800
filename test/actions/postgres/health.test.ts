import { afterAll, beforeAll, describe, expect, it } from "vitest";
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

  it("cannot be told when nothing answers", async () => {
    server.crash();
    const result = await healthAction.run({}, record(place.target).context);
    expect(result).toMatchObject({ ok: false, problem: { code: "unusable" } });
    expect(result.checks[0]).toMatchObject({ title: "Server reachable", status: "failed" });
  });
});
