import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { tryLogin } from "../../source/actions/postgres/login.ts";
import { openDirectTarget } from "../../source/environment/targets/direct.ts";
import { openSession } from "../../source/postgres/connect.ts";
import { tlsAttempts } from "../../source/postgres/tls.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../helpers/postgres15.ts";
import { must, problemOf } from "../helpers/results.ts";
import { waitFor } from "../helpers/wait-for.ts";

const openssl = spawnSync("openssl", ["version"]).status === 0;
if (!openssl)
  console.warn("TLS tests are left out: openssl is not installed (apt-get install openssl).");

const LOOK = { database: "postgres", role: "primary", purpose: "look" } as const;
const LENIENT = { rejectUnauthorized: false };

test("without PGSSLMODE, this host is spoken to in the clear first, others with TLS first", () => {
  const at = (host: string, PGSSLMODE?: string) =>
    tlsAttempts({ host, port: 5432, user: "u" }, { PGSSLMODE });
  expect(at("127.0.0.1")).toEqual([false, LENIENT]);
  expect(at("localhost")).toEqual([false, LENIENT]);
  expect(at("db.example.com")).toEqual([LENIENT, false]);
  expect(at("/var/run/postgresql", "require")).toEqual([false]);
  expect(at("db.example.com", "require")).toEqual([LENIENT]);
  expect(at("db.example.com", "disable")).toEqual([false]);
  expect(at("db.example.com", "verify-full")).toEqual([{ rejectUnauthorized: true }]);
});

describe.runIf(postgres15Available && openssl)("a server that demands TLS", () => {
  let home: string;
  let server: Postgres15;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), "restore-drill-tls-"));
    chmodSync(home, 0o755);
    server = await startPostgres15({ hba: ["hostnossl all outsider all reject"] });
    const key = join(server.dataDirectory, "server.key");
    const certificate = join(home, "server.crt");
    execFileSync(
      "openssl",
      [
        ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"],
        ["-keyout", key, "-out", certificate],
      ].flat(),
      { stdio: "ignore" },
    );
    const owner = execFileSync("stat", ["-c", "%u:%g", server.dataDirectory], { encoding: "utf8" });
    if (process.getuid?.() === 0) execFileSync("chown", [owner.trim(), key]);
    chmodSync(key, 0o600);
    server.psql(`alter system set ssl_key_file = '${key}'`);
    server.psql(`alter system set ssl_cert_file = '${certificate}'`);
    server.psql("alter system set ssl = on");
    server.psql("select pg_reload_conf()");
    server.createRole("outsider", "pw");
    await waitFor(() => expect(server.psql("show ssl")).toBe("on"));
  });
  afterEach(() => vi.unstubAllEnvs());
  afterAll(async () => {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  });

  const outsider = (password: string) => ({ ...server.connection, user: "outsider", password });

  test("is reached with TLS after it refused the clear", async () => {
    const session = must(await openSession(outsider("pw"), LOOK));
    const rows = must(
      await session.query("select ssl from pg_stat_ssl where pid = pg_backend_pid()"),
    );
    expect(rows).toEqual([{ ssl: "t" }]);
    await session.close();
  });

  test("still tells a wrong password from a wrong encryption", async () => {
    expect(problemOf(await openSession(outsider("no"), LOOK)).message).toContain("password");
    vi.stubEnv("PGSSLMODE", "disable");
    expect(problemOf(await openSession(outsider("pw"), LOOK)).hint).toContain("pg_hba.conf");
  });

  test("is logged in to as somebody else over the environment's own settings", async () => {
    vi.stubEnv("PGSSLMODE", "require");
    const place = { name: "tls", target: "direct", production: false, project: home } as const;
    const target = must(
      await openDirectTarget(
        { ...place, ...server.connection, database: "postgres", backups: { host: home } },
        { line: () => {}, signal: new AbortController().signal },
      ),
    );
    const login = { role: "outsider", password: "pw", database: "postgres" };
    expect(must(await tryLogin(target, login))).toBe("let in");
    expect(must(await tryLogin(target, { ...login, password: "no" }))).toBe("refused");
    vi.stubEnv("PGSSLMODE", "disable");
    expect(must(await tryLogin(target, login))).toBe("refused");
    await target.close();
  });

  test("is verified only against the authority that is named", async () => {
    vi.stubEnv("PGSSLMODE", "verify-ca");
    expect(problemOf(await openSession(outsider("pw"), LOOK)).message).toContain(
      "cannot be verified",
    );
    vi.stubEnv("PGSSLROOTCERT", join(home, "none.crt"));
    expect((await openSession(outsider("pw"), LOOK)).ok).toBe(false);
    vi.stubEnv("PGSSLROOTCERT", join(home, "server.crt"));
    const session = must(await openSession(outsider("pw"), LOOK));
    await session.close();
    vi.stubEnv("PGSSLMODE", "verify-full");
    expect(problemOf(await openSession(outsider("pw"), LOOK)).message).toContain(
      "cannot be verified",
    );
    const named = { ...outsider("pw"), host: "localhost" };
    await must(await openSession(named, LOOK)).close();
  });
});
