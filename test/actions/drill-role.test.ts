import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSession } from "../../source/postgres/connect.ts";
import { createRoleStatement, roleMark } from "../../source/postgres/drill-role.ts";
import { scramVerifier } from "../../source/postgres/scram.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../helpers/postgres15.ts";

describe.runIf(postgres15Available)("a login role of a drill", () => {
  let server: Postgres15;
  beforeAll(async () => {
    server = await startPostgres15();
    server.psql(
      createRoleStatement({ role: "r1", database: "x", drill: "d1" }, scramVerifier("s3cret")),
    );
  });
  afterAll(() => server?.stop());

  const login = (password: string) =>
    openSession(
      { host: server.host, port: server.port, user: "r1", password },
      { database: "postgres", role: "maintenance", purpose: "test" },
    );

  it("logs in with the password that only its verifier was sent for", async () => {
    const opened = await login("s3cret");
    expect(opened.ok).toBe(true);
    if (opened.ok) await opened.value.close();
  });

  it("is refused with any other password", async () => {
    expect((await login("other")).ok).toBe(false);
  });

  it("carries the mark of its drill", () => {
    const mark = "SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = 'r1'";
    expect(server.psql(mark)).toBe(roleMark("d1"));
  });
});
