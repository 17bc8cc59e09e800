import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { openSession } from "../../source/postgres/connect.ts";
import type { Connection } from "../../source/postgres/connection.ts";
import type { Session, SessionOptions } from "../../source/postgres/session.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../helpers/postgres15.ts";
import { problemOf } from "../helpers/results.ts";

const LOOK: SessionOptions = { database: "postgres", role: "maintenance", purpose: "look" };

describe.runIf(postgres15Available)("connecting says what is wrong", () => {
  let server: Postgres15;
  const opened: Session[] = [];

  beforeAll(async () => {
    server = await startPostgres15({
      settings: { max_connections: "20", superuser_reserved_connections: "12" },
      hba: ["host all barred 127.0.0.1/32 reject"],
    });
    server.createRole("barred", "x");
    server.createRole("plain", "correct horse");
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((session) => session.close()));
  });
  afterAll(() => server.stop());

  async function refusal(connection: Partial<Connection>, database = "postgres") {
    const full = { ...server.connection, ...connection };
    return problemOf(await openSession(full, { ...LOOK, database }));
  }

  test("with the password, and does not repeat it", async () => {
    const wrong = await refusal({ user: "plain", password: "hunter2hunter2" });
    expect(wrong.message).toContain('refused the password of user "plain"');
    expect(JSON.stringify(wrong)).not.toContain("hunter2");
    const none = problemOf(
      await openSession({ host: server.host, port: server.port, user: "plain" }, LOOK),
    );
    expect(none.message).toContain("wants a password");
  });

  test("with the role, the database, the port, the host and the socket", async () => {
    expect((await refusal({ user: "barred", password: "x" })).hint).toContain("pg_hba.conf");
    expect((await refusal({}, "no\nsuch")).message).toContain('has no database "no\\nsuch"');
    expect((await refusal({ port: 1 })).message).toContain("nothing listens");
    expect((await refusal({ host: "nowhere.invalid" })).message).toMatch(/cannot be found/);
    expect((await refusal({ host: "/nonexistent" })).message).toContain("no socket");
  });

  test("with the privileges and the settings of a database", async () => {
    server.createDatabase("private");
    server.psql("revoke connect on database private from public");
    const plain = { user: "plain", password: "correct horse" };
    expect((await refusal(plain, "private")).hint).toContain("Grant CONNECT");
    expect((await refusal({}, "template0")).message).toContain("does not accept connections");
  });

  test("with too many connections", async () => {
    const plain = { ...server.connection, user: "plain", password: "correct horse" };
    const many = await Promise.all(Array.from({ length: 9 }, () => openSession(plain, LOOK)));
    opened.push(...many.flatMap((one) => (one.ok ? [one.value] : [])));
    const refused = many.filter((one) => !one.ok);
    expect(refused.length).toBeGreaterThan(0);
    for (const one of refused) expect(problemOf(one).message).toContain("no connection left");
  });

  test("with a port that is not PostgreSQL's", async () => {
    const other = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const problem = await refusal({ port });
    expect(problem.code).toBe("unusable");
    expect(problem.message).toContain(`127.0.0.1:${port}`);
    other.close();
  });

  test("with a demand for TLS that the server cannot meet", async () => {
    vi.stubEnv("PGSSLMODE", "require");
    const problem = await refusal({});
    vi.unstubAllEnvs();
    expect(problem.message).toContain("does not offer TLS");
    expect(problem.details?.sqlstate).toBe("no-tls");
  });
});
