import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { serverFreeSpace } from "../../source/environment/free-space.ts";
import type { Target } from "../../source/environment/target.ts";
import { openDirectTarget } from "../../source/environment/targets/direct.ts";
import { type DirectLab, livingState, openDirectLab, recordingIo } from "../helpers/direct.ts";
import { postgres15Available } from "../helpers/postgres15.ts";
import { must, problemOf } from "../helpers/results.ts";
import { waitFor } from "../helpers/wait-for.ts";

describe.runIf(postgres15Available)("the direct target", () => {
  let lab: DirectLab;
  let server: DirectLab["server"];
  let owner: DirectLab["owner"];
  let home: string;
  let target: Target;

  beforeAll(async () => {
    lab = await openDirectLab();
    ({ server, owner, home, target } = lab);
  });
  afterAll(() => lab.close());

  test("tells which server it reached, and what it offers", async () => {
    expect(target.summary.server.version).toMatch(/^15\./);
    expect(target.summary.server.address).toBe(`127.0.0.1:${server.port}`);
    expect(target.summary.server.systemIdentifier).toBe(
      server.psql("select system_identifier from pg_control_system()"),
    );
    expect(must(await target.formats())).toEqual({ plain: true, custom: true, directory: true });
    expect(target.variables).toMatchObject({ PRIMARY_DB: "primary db", BACKUP_DIR: home });
    expect([...target.capabilities]).toEqual([]);
  });

  test("a wrong password and a missing database are told apart", async () => {
    const options = { line() {}, signal: new AbortController().signal };
    const wrong = problemOf(await openDirectTarget(lab.config({ password: "nope" }), options));
    expect(wrong.message).toContain('refused the password of user "drill owner"');
    expect(wrong.message).not.toContain("nope");
    const none = problemOf(await openDirectTarget(lab.config({ database: "nix" }), options));
    expect(none.message).toContain('has no database "nix"');
  });

  test("says which formats it cannot do where programs are missing", async () => {
    const bare = await lab.open({ bin: join(home, "no programs") });
    const formats = must(await bare.formats());
    expect(formats.plain).toContain("pg_dump was not found in");
    const file = join(home, "never.sql");
    const request = { database: "primary db", format: "plain", file } as const;
    expect(problemOf(await bare.dump(request, recordingIo().io)).code).toBe("unusable");
    expect(existsSync(file)).toBe(false);
  });

  test("knows the free space of backups and of a server on this host", async () => {
    expect(must(await target.freeSpace("backups")).bytes).toBeGreaterThan(0);
    const superuser = await lab.open({ ...server.superuser });
    for (const each of process.platform === "linux" ? [superuser, target] : []) {
      expect(must(await each.freeSpace("data")).place).toBe(server.dataDirectory);
    }
  });

  test.runIf(process.platform === "linux")(
    "does not guess the disk of a server elsewhere",
    async () => {
      const session = must(
        await target.connect({ database: "primary db", role: "primary", purpose: "test" }),
      );
      const elsewhere = await serverFreeSpace(session, "db.example.com");
      expect(problemOf(elsewhere).message).toContain("another host");
      const container = await serverFreeSpace({ ...session, processId: process.pid }, "127.0.0.1");
      expect(problemOf(container).message).toContain("in a container");
      await session.close();
    },
  );

  test("the read-only guard holds for every session on the primary", async () => {
    const session = must(
      await target.connect({ database: "primary db", role: "restore", purpose: "test" }),
    );
    expect(problemOf(await session.query("create table oops ()")).details?.sqlstate).toBe("25006");
    await session.close();
  });

  test("starts the app against a database and stops it by its recorded facts", async () => {
    const command = `node -e 'require("http").createServer((q, s) => s.end(process.env.DATABASE_URL)).listen(process.env.PORT)'`;
    const withApp = await lab.open({
      app: { port: 3000, health: "/health", ready: "/ready", command },
    });
    expect(withApp.capabilities.has("app")).toBe(true);
    const request = { database: "primary db", port: 0 };
    expect(withApp.describeApp(request)).not.toContain("postgresql://");
    const given = { login: { user: "new", password: "hush" }, secrets: { JWT_SECRET: "quiet" } };
    expect(withApp.describeApp({ ...request, ...given })).toMatch(
      /JWT_SECRET=•+ (?!.*(hush|quiet))/,
    );
    const app = must(await withApp.startApp(request, recordingIo().io));
    const text = await waitFor(async () => (await fetch(app.url)).text());
    expect(text).toContain("/primary%20db");

    const { token: _token, ...facts } = app.undo;
    const recycled = { ...facts, started: "1" };
    expect(must(await withApp.stopProcess(recycled))).toContain("has ended already");
    expect((await fetch(app.url)).status).toBe(200);

    expect(must(await withApp.stopProcess(app.undo))).toContain("was stopped");
    expect((await app.process.exited).signal).toBe("SIGTERM");
    await expect(fetch(app.url)).rejects.toThrow();
    expect(must(await withApp.stopProcess(app.undo))).toContain("has ended already");
  });

  test.runIf(process.platform === "linux")("stops what an app left when it died", async () => {
    const command = "sleep 1000 & echo child $!; wait; true";
    const withApp = await lab.open({ app: { port: 3000, health: "/", ready: "/", command } });
    const { io, lines } = recordingIo();
    const app = must(await withApp.startApp({ database: "primary db", port: 0 }, io));
    await waitFor(() => expect(lines.join()).toContain("child "));
    const child = Number(/child (\d+)/.exec(lines.join())?.[1]);
    process.kill(app.process.pid, "SIGKILL");
    await waitFor(() => expect(() => readFileSync(`/proc/${app.process.pid}/stat`)).toThrow());

    expect(must(await withApp.stopProcess(app.undo))).toContain("was stopped");
    expect(livingState(child)).toBe("gone");
  });

  test("a taken port is told before anything starts", async () => {
    const command = "echo started";
    const withApp = await lab.open({ app: { port: 3000, health: "/", ready: "/", command } });
    const request = { database: "primary db", port: server.port };
    const problem = problemOf(await withApp.startApp(request, recordingIo().io));
    expect(problem.message).toContain(`Port ${server.port} on this host is in use`);
  });

  test("without a configured password, it is found where libpq finds it", async () => {
    const { password, ...rest } = lab.config();
    const options = { line() {}, signal: new AbortController().signal };
    vi.stubEnv("PGPASSFILE", join(home, "none"));
    expect(problemOf(await openDirectTarget(rest, options)).message).toContain("wants a password");
    vi.stubEnv("PGPASSWORD", password);
    const fromShell = must(await openDirectTarget(rest, options));
    expect(fromShell.secrets).toEqual([password]);
    vi.stubEnv("PGPASSWORD", "");
    const escaped = owner.password.replaceAll(/[\\:]/g, "\\$&");
    const line = `*:${server.port}:primary db:drill owner:${escaped}\n`;
    writeFileSync(join(home, "pgpass"), `other:*:*:*:no\n${line}`, { mode: 0o600 });
    vi.stubEnv("PGPASSFILE", join(home, "pgpass"));
    const fromFile = must(await openDirectTarget(rest, options));
    expect(fromFile.secrets).toEqual([password]);
    chmodSync(join(home, "pgpass"), 0o644);
    expect((await openDirectTarget(rest, options)).ok).toBe(false);
    vi.unstubAllEnvs();
    await Promise.all([fromShell.close(), fromFile.close()]);
  });
});
