import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { openSession } from "../../source/postgres/connect.ts";
import type { Connection } from "../../source/postgres/connection.ts";
import type { Session, SessionOptions } from "../../source/postgres/session.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../helpers/postgres15.ts";
import { must, problemOf } from "../helpers/results.ts";
import { waitFor } from "../helpers/wait-for.ts";

const LOOK: SessionOptions = { database: "postgres", role: "maintenance", purpose: "look" };

describe.runIf(postgres15Available)("sessions", () => {
  let server: Postgres15;
  const opened: Session[] = [];

  beforeAll(async () => {
    server = await startPostgres15();
    server.createRole("plain", "correct horse");
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((session) => session.close()));
  });
  afterAll(() => server.stop());

  async function open(
    options: Partial<SessionOptions> = {},
    connection: Connection = server.connection,
  ): Promise<Session> {
    const session = must(await openSession(connection, { ...LOOK, ...options }));
    opened.push(session);
    return session;
  }

  async function setting(session: Session, name: string): Promise<string | null | undefined> {
    return must(await session.query("select current_setting($1, true) as s", [name]))[0]?.s;
  }

  async function refusal(connection: Partial<Connection>, database = "postgres") {
    const full = { ...server.connection, ...connection };
    return problemOf(await openSession(full, { ...LOOK, database }));
  }

  test("values are text, as the server prints them", async () => {
    const session = await open();
    const rows = must(
      await session.query(
        `select 9223372036854775807::int8 as big, 0.10::numeric as exact, '-0'::float8 as zero, null as nothing,
          true as yes, '{1,NULL}'::int[] as list, '\\x00ff'::bytea as bytes, '{"b":1,"a":2}'::json as doc,
          '2024-02-29'::date as day, '1 day'::interval as span, 'NaN'::numeric as nan`,
      ),
    );
    expect(rows).toEqual([
      {
        big: "9223372036854775807",
        exact: "0.10",
        zero: "-0",
        nothing: null,
        yes: "t",
        list: "{1,NULL}",
        bytes: "\\x00ff",
        doc: '{"b":1,"a":2}',
        day: "2024-02-29",
        span: "1 day",
        nan: "NaN",
      },
    ]);
    expect(session.processId).toBe(
      Number(must(await session.query("select pg_backend_pid() as pid"))[0]?.pid),
    );
  });

  test("of several statements the last one's rows count, and values are never SQL", async () => {
    const session = await open();
    expect(must(await session.query("select 1 as a; select 2 as b"))).toEqual([{ b: "2" }]);
    const hostile = "'; drop database postgres; --";
    expect(must(await session.query("select $1::text as t", [hostile]))).toEqual([{ t: hostile }]);
  });

  test("sessions on the primary are read-only, whatever the role or database says", async () => {
    server.createDatabase("loose");
    server.psql("alter database loose set default_transaction_read_only = off");
    server.psql("alter role plain set default_transaction_read_only = off");
    const plain = { ...server.connection, user: "plain", password: "correct horse" };
    const session = await open({ database: "loose", role: "primary" }, plain);
    const refused = problemOf(await session.query("create table t ()"));
    expect(refused.details?.sqlstate).toBe("25006");
    const other = await open({ database: "loose", role: "restore" });
    must(await other.query("create table t ()"));
  });

  test("a patient one has no time-outs, others keep the lock time-out", async () => {
    server.psql("alter database postgres set idle_in_transaction_session_timeout = '1min'");
    server.psql("alter database postgres set idle_session_timeout = '1min'");
    server.psql("alter database postgres set statement_timeout = '1min'");
    server.psql("alter database postgres set lock_timeout = '1min'");
    const patient = await open({ patient: true });
    for (const name of ["idle_in_transaction_session", "idle_session", "statement", "lock"]) {
      expect(await setting(patient, `${name}_timeout`)).toBe("0");
    }
    const other = await open();
    expect(await setting(other, "statement_timeout")).toBe("0");
    expect(await setting(other, "lock_timeout")).toBe("1min");
    server.psql("alter database postgres reset all");
  });

  test("says in pg_stat_activity what it is for", async () => {
    const session = await open({ purpose: "fingerprint of games" });
    const sql = `select application_name from pg_stat_activity where pid = ${session.processId}`;
    expect(server.psql(sql)).toBe("restore-drill fingerprint of games");
  });

  test("the shell's PG* variables do not steer it", async () => {
    vi.stubEnv("PGOPTIONS", "-c default_transaction_read_only=on");
    vi.stubEnv("PGHOST", "elsewhere.invalid");
    vi.stubEnv("PGDATABASE", "template1");
    const session = await open();
    vi.unstubAllEnvs();
    expect(await setting(session, "default_transaction_read_only")).toBe("off");
    expect(must(await session.query("select current_database() as d"))).toEqual([
      { d: "postgres" },
    ]);
  });

  test.each(['x"; drop database y; --', "two\nlines", "a=b \\'"])(
    "reaches a database called %j, over TCP and the socket",
    async (name) => {
      server.createDatabase(name);
      for (const host of [server.host, server.socket]) {
        const session = await open({ database: name }, { ...server.connection, host });
        expect(must(await session.query("select current_database() as d"))).toEqual([{ d: name }]);
      }
    },
  );

  test("refuses names that the server would cut, before it connects", async () => {
    server.createDatabase("d".repeat(63));
    expect((await refusal({}, "d".repeat(64))).message).toContain("64 bytes");
    expect((await refusal({}, "é".repeat(32))).message).toContain("64 bytes");
    expect((await refusal({}, "a\0b")).message).toContain("NUL");
    expect((await refusal({}, "")).message).toContain("empty");
  });

  test("cancel ends the statement and leaves the session usable", async () => {
    const session = await open();
    const running = session.query("select pg_sleep(600)");
    const active = `select state from pg_stat_activity where pid = ${session.processId} and wait_event = 'PgSleep'`;
    await waitFor(() => expect(server.psql(active)).toBe("active"));
    await session.cancel();
    expect(problemOf(await running)).toMatchObject({
      code: "interrupted",
      details: { sqlstate: "57014" },
    });
    expect(must(await session.query("select 1 as one"))).toEqual([{ one: "1" }]);
  });

  test("a backend that is terminated is a problem, not a crash", async () => {
    const session = await open();
    const running = session.query("select pg_sleep(600)");
    server.psql(`select pg_terminate_backend(${session.processId})`);
    expect(["failed", "unusable"]).toContain(problemOf(await running).code);
    await session.closed;
    expect(problemOf(await session.query("select 1")).code).toBe("unusable");
    await session.cancel();
    await session.close();
    await session.close();
  });

  test("no message repeats row values", async () => {
    const session = await open({ role: "restore" });
    must(await session.query("create temp table t (email text unique)"));
    must(await session.query("insert into t values ('alice@example.com')"));
    const problem = problemOf(await session.query("insert into t values ('alice@example.com')"));
    expect(problem.details?.sqlstate).toBe("23505");
    expect(JSON.stringify(problem)).not.toContain("alice");
  });

  test("closes even when the network swallows everything", async () => {
    const pipes: Socket[] = [];
    const proxy = createServer((near) => {
      const far = connect(server.port, server.host);
      pipes.push(near, far);
      near.pipe(far).pipe(near);
      for (const pipe of [near, far]) pipe.on("error", () => {});
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const address = proxy.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const session = must(await openSession({ ...server.connection, port }, LOOK));
    for (const pipe of pipes) pipe.unpipe().pause();
    await session.close();
    await session.closed;
    for (const pipe of pipes) pipe.destroy();
    proxy.close();
  });

  test("connecting can be interrupted", async () => {
    const silent = createServer();
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const abort = new AbortController();
    silent.once("connection", () => abort.abort());
    const opening = openSession({ ...server.connection, port }, LOOK, abort.signal);
    expect(problemOf(await opening).code).toBe("interrupted");
    silent.close();
  });
});

describe.runIf(postgres15Available)("a server that crashes", () => {
  test("ends what ran on it with a problem", async () => {
    const server = await startPostgres15();
    const session = must(await openSession(server.connection, LOOK));
    const running = session.query("select pg_sleep(600)");
    server.crash();
    expect(problemOf(await running)).toMatchObject({ code: "unusable" });
    await session.closed;
    const again = problemOf(await openSession(server.connection, LOOK));
    expect(again.code).toBe("unusable");
    await server.stop();
  });
});
