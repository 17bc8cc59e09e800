/** What the rotation's own actions do when they are run again, lied to, or in the wrong place. */

import { createPublicKey, verify } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ActionResult } from "../../source/actions/action.ts";
import { createLoginAction } from "../../source/actions/postgres/create-login.ts";
import { retireLoginAction } from "../../source/actions/postgres/retire-login.ts";
import { secretsCheckTokenAction } from "../../source/actions/secrets/check-token.ts";
import { secretsGenerateAction } from "../../source/actions/secrets/generate.ts";
import { signToken } from "../../source/actions/secrets/token.ts";
import { roleUndoer } from "../../source/actions/undo-role.ts";
import { secretUndoer } from "../../source/actions/undo-secret.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../helpers/postgres15.ts";
import { must } from "../helpers/results.ts";
import { openPlace, type Place, type Recorded, record } from "./postgres/support.ts";

const ROLES = "SELECT rolname FROM pg_roles WHERE rolname LIKE 'drill%' ORDER BY 1";

describe.runIf(postgres15Available)("the rotation's actions", () => {
  let server: Postgres15;
  let place: Place;
  let recorded: Recorded;

  beforeAll(async () => {
    // Whoever is called drill_trusted is asked for no password.
    server = await startPostgres15({ hba: ["host all drill_trusted 127.0.0.1/32 trust"] });
    const owner = server.createRole("owner", "pw", "CREATEDB CREATEROLE");
    server.createDatabase("primary", "owner");
    server.createDatabase("copy", "owner");
    server.psql(
      'SET ROLE owner; CREATE SCHEMA "s\'x"; CREATE TABLE "s\'x"."t""x" (id serial); CREATE TABLE mine (id int); RESET ROLE; CREATE TABLE theirs (id int); GRANT SELECT ON theirs TO owner WITH GRANT OPTION',
      "copy",
    );
    place = await openPlace(server, owner, "primary");
  });
  beforeEach(() => {
    recorded = record(place.target);
  });
  afterAll(async () => {
    await place?.close();
    await server?.stop();
  });

  const create = (role: string, file = "secret") =>
    createLoginAction.run({ database: "copy", role, file }, recorded.context);
  const file = (name: string) => join(place.project, name);

  async function undoAll() {
    for (const resource of [...recorded.resources]) {
      if (resource.status === "released") continue;
      const undoer = resource.kind === "role" ? roleUndoer : secretUndoer;
      const undone = await undoer.undo(resource, recorded.context);
      expect(undone.ok, JSON.stringify(undone)).toBe(true);
      await recorded.context.release(resource.id, "");
    }
  }

  it("gives the rights of the app's role, no more and no less", async () => {
    expectPassed(await create("drill_a"));
    const may = (privilege: string, table: string) =>
      server.psql(`SELECT has_table_privilege('drill_a', '${table}', '${privilege}')`, "copy");
    expect(may("DELETE", "mine")).toBe("t");
    expect(may("SELECT", "theirs")).toBe("t");
    expect(may("DELETE", "theirs")).toBe("f");
    expect(server.psql("SELECT has_database_privilege('drill_a', 'copy', 'CREATE')")).toBe("f");
    await undoAll();
    expect(server.psql(ROLES)).toBe("");
    expect(existsSync(file("secret"))).toBe(false);
  });

  it("makes the role anew, with another password, when it is run again", async () => {
    expectPassed(await create("drill_a"));
    const first = readFileSync(file("secret"), "utf8");
    expectPassed(await create("drill_a"));
    const second = readFileSync(file("secret"), "utf8");
    expect(second).not.toBe(first);
    expect(recorded.secrets).toEqual(expect.arrayContaining([first, second]));
    await undoAll();
    expect(server.psql(ROLES)).toBe("");
  });

  it("fails, and can be run again, when the app's role cannot pass its rights on", async () => {
    server.psql("REVOKE GRANT OPTION FOR SELECT ON theirs FROM owner", "copy");
    const result = await create("drill_a");
    expect(result).toMatchObject({
      ok: false,
      problem: { message: expect.stringContaining("SELECT on public.theirs") },
    });
    expect(JSON.stringify(result)).toContain('Left: role \\"drill_a\\" (being made)');
    server.psql("GRANT SELECT ON theirs TO owner WITH GRANT OPTION", "copy");
    expectPassed(await create("drill_a"));
    await undoAll();
    expect(server.psql(ROLES)).toBe("");
  });

  it("warns that nothing is proven where no password is asked for", async () => {
    const result = await create("drill_trusted");
    expect(result).toMatchObject({
      ok: true,
      checks: [
        { status: "passed" },
        { status: "warning", observed: expect.stringContaining("not provable here") },
      ],
    });
    // A role that is gone is let in by no method.
    expectPassed(await retireLoginAction.run({ role: "drill_trusted" }, recorded.context));
  });

  it("never writes over a file", async () => {
    writeFileSync(file("theirs"), "precious");
    const result = await create("drill_a", "theirs");
    expect(result).toMatchObject({
      problem: { message: expect.stringContaining("it exists already") },
    });
    expect(readFileSync(file("theirs"), "utf8")).toBe("precious");
    expect(server.psql(ROLES)).toBe("");
    expect(recorded.resources.every(({ status }) => status === "released")).toBe(true);
  });

  it("leaves a role and a file that are not its own", async () => {
    server.psql("CREATE ROLE drill_other");
    expect((await retireLoginAction.run({ role: "drill_other" }, recorded.context)).ok).toBe(false);
    expectPassed(await create("drill_a"));
    server.psql("COMMENT ON ROLE drill_a IS 'mine now'");
    expect((await retireLoginAction.run({ role: "drill_a" }, recorded.context)).ok).toBe(false);
    expect(server.psql(ROLES)).toBe("drill_a\ndrill_other");
    server.psql("SET ROLE owner; DROP OWNED BY drill_a", "copy");
    server.psql("DROP ROLE drill_other; DROP ROLE drill_a");
    writeFileSync(file("secret"), "theirs by now");
    await undoAll();
    expect(readFileSync(file("secret"), "utf8")).toBe("theirs by now");
  });

  it("tells, before anything is made, that the server takes no writes", async () => {
    server.psql("ALTER ROLE owner SET default_transaction_read_only = on");
    const input = { database: "copy", role: "drill_a", file: "other" };
    const problems = await createLoginAction.preflight?.(input, recorded.context);
    const result = await create("drill_a", "other");
    server.psql("ALTER ROLE owner RESET default_transaction_read_only");
    expect(problems).toMatchObject([{ message: expect.stringContaining("takes no writes") }]);
    expect(result.ok).toBe(false);
    expect(recorded.resources).toEqual([]);
  });

  const generate = (given: { kind: "hmac" | "ec" | "rsa"; file?: string; command?: string }) =>
    secretsGenerateAction.run({ file: "", command: "", keep: false, ...given }, recorded.context);

  it("makes a key pair of which only the fingerprint is told, and removes it", async () => {
    const result = await generate({ kind: "ec", file: "pair" });
    expectPassed(result);
    const secret = readFileSync(file("pair"), "utf8");
    expect(statSync(file("pair")).mode & 0o777).toBe(0o600);
    expect(secret).toContain("BEGIN PRIVATE KEY");
    expect(recorded.secrets).toEqual([secret]);
    expect(JSON.stringify([result, recorded.resources])).toContain("SHA256:");
    expect(JSON.stringify([result, recorded.resources, recorded.commands])).not.toContain(
      secret.split("\n")[1],
    );
    const [head, body, signature = ""] = must(signToken(secret, { sub: "x" })).split(".");
    const key = createPublicKey(readFileSync(file("pair.pub"), "utf8"));
    const signed = Buffer.from(signature, "base64url");
    const how = { key, dsaEncoding: "ieee-p1363" } as const;
    expect(verify("sha256", Buffer.from(`${head}.${body}`), how, signed)).toBe(true);
    await undoAll();
    expect(readdirSync(place.project).filter((name) => name.startsWith("pair"))).toEqual([]);
  });

  it("makes nothing where the file or its place is not free", async () => {
    writeFileSync(file("taken.pub"), "theirs");
    expect((await generate({ kind: "rsa", file: "taken" })).ok).toBe(false);
    expect((await generate({ kind: "hmac", file: "no/such/place" })).ok).toBe(false);
    expect((await generate({ kind: "hmac" })).ok).toBe(false);
    expect(existsSync(file("taken"))).toBe(false);
    expect(readFileSync(file("taken.pub"), "utf8")).toBe("theirs");
    expect(recorded.resources.every(({ status }) => status === "released")).toBe(true);
  });

  it("hands a secret to a command's standard input, and keeps none", async () => {
    mkdirSync(file("store"));
    const result = await generate({ kind: "hmac", command: "cat > store/got; echo stored" });
    expectPassed(result);
    const got = readFileSync(file("store/got"), "utf8");
    expect(got).toHaveLength(43);
    expect(recorded.secrets).toEqual([got]);
    expect(JSON.stringify([result, recorded.resources, recorded.commands])).not.toContain(got);
    const [resource] = recorded.resources;
    expect(resource?.status).toBe("released");
    expect(existsSync(resource?.undo.directory ?? "")).toBe(false);
    const failed = await generate({ kind: "hmac", command: "exit 3" });
    expect(failed).toMatchObject({
      ok: false,
      problem: { message: expect.stringContaining("exit code 3") },
    });
  });

  it("fails when the app takes a token that it should refuse, or the other way round", async () => {
    let status = 200;
    const app = createServer((_request, response) => response.writeHead(status).end());
    await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
    const address = app.address();
    const port = typeof address === "object" ? address?.port : 0;
    writeFileSync(file("key"), "k".repeat(43));
    const check = (expected: "accepted" | "refused") =>
      secretsCheckTokenAction.run(
        { url: `http://127.0.0.1:${port}/`, file: "key", expect: expected, subject: "x" },
        recorded.context,
      );
    expect([(await check("accepted")).ok, (await check("refused")).ok]).toEqual([true, false]);
    const token = expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(recorded.secrets.slice(0, 2)).toEqual(["k".repeat(43), token]);
    status = 401;
    expect([(await check("accepted")).ok, (await check("refused")).ok]).toEqual([false, true]);
    // An app that is broken refuses nothing.
    status = 500;
    expect([(await check("accepted")).ok, (await check("refused")).ok]).toEqual([false, false]);
    app.close();
  });
});

function expectPassed(result: ActionResult) {
  expect(result.ok, JSON.stringify(result)).toBe(true);
}
