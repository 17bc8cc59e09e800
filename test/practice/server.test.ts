import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PracticeServer } from "../../source/practice/server.ts";
import { contentOf, startForTest, withClient } from "./practice-server.ts";

let server: PracticeServer;
let second: PracticeServer;

beforeAll(async () => {
  [server, second] = await Promise.all([startForTest(), startForTest()]);
});

afterAll(() => Promise.all([server.close(), second.close()]));

describe("the practice database", () => {
  test("has the same content on every start", async () => {
    const content = await contentOf(server, "ringrift");
    expect(content).toMatchObject({
      users: expect.stringMatching(/^300 /),
      games: expect.stringMatching(/^5000 /),
      moves: expect.stringMatching(/^20000 /),
      sequence: "5999",
    });
    expect(await contentOf(second, "ringrift")).toEqual(content);
  });

  test("was built by the migrations in the project, with Prisma's checksums", async () => {
    const directory = join(server.project, "prisma", "migrations");
    const files = readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => ({
        name,
        checksum: createHash("sha256")
          .update(readFileSync(join(directory, name, "migration.sql")))
          .digest("hex"),
      }))
      .sort((a, b) => a.name.localeCompare(b.name));
    const applied = await withClient(server, "ringrift", async (client) => {
      const { rows } = await client.query(
        "SELECT migration_name AS name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY 1",
      );
      return rows;
    });
    expect(files.length).toBeGreaterThan(2);
    expect(applied).toEqual(files);
  });

  test("carries what a plain dump loses: settings, a comment, grants", async () => {
    const facts = await withClient(server, "ringrift", async (client) => {
      const { rows } = await client.query(`
        SELECT shobj_description(d.oid, 'pg_database') AS comment, d.datacl::text AS grants,
               (SELECT setconfig FROM pg_db_role_setting WHERE setdatabase = d.oid) AS settings
          FROM pg_database d WHERE datname = current_database()`);
      return rows[0];
    });
    expect(facts.comment).toContain("RingRift staging");
    expect(facts.settings).toContain("idle_in_transaction_session_timeout=10min");
    expect(facts.grants).toContain("ringrift_reporting=c");
  });
});

describe("the role ringrift", () => {
  test("may create databases and monitor, and is no superuser", async () => {
    const role = await withClient(server, "ringrift", async (client) => {
      const { rows } = await client.query(
        "SELECT rolsuper, rolcreatedb, pg_has_role('pg_monitor', 'member') AS monitors FROM pg_roles WHERE rolname = current_user",
      );
      return rows[0];
    });
    expect(role).toEqual({ rolsuper: false, rolcreatedb: true, monitors: true });
  });

  test("is let in with its password only", async () => {
    const stranger = { ...server, password: "wrong" };
    await expect(withClient(stranger, "ringrift", async () => {})).rejects.toThrow(
      /password authentication failed/,
    );
  });
});

describe("the server", () => {
  test("keeps everything in a private directory", () => {
    expect(statSync(server.directory).mode & 0o777).toBe(0o700);
  });

  test("listens on the loopback address only", async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter((address) => address.family === "IPv4" && !address.internal)
      .map((address) => address.address);
    const open = await Promise.all(others.map((host) => answers(host, server.port)));
    expect(open).toEqual(others.map(() => false));
    expect(await answers("127.0.0.1", server.port)).toBe(true);
  });
});

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.unref();
  });
}
