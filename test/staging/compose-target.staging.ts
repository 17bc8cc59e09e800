/** The compose target on a real stack: discovery, dump and restore inside the container, refusals. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { findComposeAsking } from "../../source/environment/compose/command.ts";
import { containerOf, listWords } from "../../source/environment/compose/container.ts";
import type { BackupFormat, Target, WorkIo } from "../../source/environment/target.ts";
import type { ComposeConfig } from "../../source/environment/types.ts";
import { must, problemOf } from "../helpers/results.ts";
import { configHere, open } from "./open-here.ts";
import { type Stack, startStack } from "./stack.ts";
import { until } from "./until.ts";

const RESTORED = "ringrift_restored";
const COUNT = "SELECT count(*), md5(string_agg(id, ' ' ORDER BY id)) FROM moves";

describe.each([
  { compose: "v1", postgres: "debian" },
  { compose: "v2", postgres: "busybox" },
] as const)("the target of Compose $compose, $postgres image", ({ compose, postgres }) => {
  const home = mkdtempSync(join(tmpdir(), "restore-drill-staging-"));
  const directory = join(home, "opt ringrift");
  const backups = join(directory, "backups");
  let stack: Stack;
  let config: ComposeConfig;
  let target: Target;

  beforeAll(async () => {
    const name = `staging-target-${compose}-${process.pid}`;
    const change = (project: string) => {
      const file = join(project, "docker-compose.yml");
      const text = readFileSync(file, "utf8");
      writeFileSync(
        file,
        text.replace("POSTGRES_DB: ringrift", "$&\n      X: ${UNSET_ON_PURPOSE}"),
      );
    };
    stack = await startStack({ directory, name, compose, postgres, moreGames: 15_000, change });
    vi.stubEnv("DOCKER_CONFIG", stack.environment.DOCKER_CONFIG);
    config = await configHere(directory, process.env);
    target = must(await open(config));
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    vi.stubEnv("DOCKER_CONFIG", stack.environment.DOCKER_CONFIG);
  });

  afterAll(async () => {
    await target?.close();
    stack?.stop();
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true, force: true });
  });

  const word = compose === "v1" ? "docker-compose" : "docker compose";

  function io(signal = new AbortController().signal): WorkIo {
    return { signal, line: () => {}, progress: () => {} };
  }

  function freshDatabase(): void {
    stack.psql(`DROP DATABASE IF EXISTS ${RESTORED}`);
    stack.psql(`CREATE DATABASE ${RESTORED}`);
  }

  /** Of ours, in the container: programs, and the shells that watch them. */
  function running(): string {
    const words = ["top", stack.container("postgres"), "-eo", "pid,args"];
    const all = execFileSync("docker", words, { encoding: "utf8" }).split("\n");
    return all.filter((line) => /pg_dump|pg_restore|psql|sh -c/.test(line)).join("\n");
  }

  /** A crash of any backend would end this session with all others. */
  async function untouched(work: () => Promise<void>): Promise<void> {
    const options = { database: "ringrift", role: "primary", purpose: "bystander" } as const;
    const session = must(await target.connect(options));
    await work();
    expect((await session.query("SELECT 1")).ok).toBe(true);
    await session.close();
  }

  it("finds server, app, monitoring and migrations without a configuration", () => {
    expect(config).toMatchObject({
      service: "postgres",
      database: "ringrift",
      user: "ringrift",
      backups: { host: backups, container: "/backups" },
      app: { service: "app", port: 3000 },
      monitoring: { prometheus: `http://localhost:${stack.ports.prometheus}` },
      migrations: { tool: "prisma" },
    });
    expect(target.summary.server.address).toBe(`127.0.0.1:${stack.ports.postgres}`);
  });

  it.each(["plain", "custom", "directory"] as const)(
    "dumps into the mount and restores from it, and from elsewhere (%s)",
    async (format: BackupFormat) => {
      const file = join(backups, `own.${format}`);
      const jobs = format === "directory" ? { jobs: 2 } : {};
      const request = { database: "ringrift", format, file, ...jobs };
      const { uid, gid } = statSync(backups);
      expect(target.describeDump(request)).toMatch(
        `${word} exec -T -u ${uid}:${gid} -e PGPASSWORD postgres pg_dump `,
      );
      expect(must(await target.dump(request, io())).tool).toMatch(/^pg_dump \(PostgreSQL\) 15/);
      expect(statSync(file).uid).toBe(process.getuid?.());
      const elsewhere = join(home, `elsewhere.${format}`);
      cpSync(file, elsewhere, { recursive: true });
      for (const from of [file, elsewhere]) {
        freshDatabase();
        const restored = await target.restore({ ...request, database: RESTORED, file: from }, io());
        if (format === "directory" && from === elsewhere) {
          expect(problemOf(restored).message).toMatch(/outside the container's mounts/);
          continue;
        }
        // Compose warns of the unset variable; that is no message of the program.
        expect(must(restored).stderr).toEqual([]);
        expect(stack.psql(COUNT, RESTORED)).toBe(stack.psql(COUNT));
      }
      rmSync(file, { recursive: true });
    },
  );

  it("fails at the first error of a restore, and says it", async () => {
    freshDatabase();
    const file = join(backups, "broken.sql");
    writeFileSync(
      file,
      "SELECT 1;\nCREATE TABLE kept ();\nSELECT nothing;\nCREATE TABLE never ();\n",
    );
    const request = { database: RESTORED, format: "plain", file } as const;
    const problem = problemOf(await target.restore(request, io()));
    expect(problem.message).toMatch(/^psql failed \(exit 3\): .*column "nothing" does not exist/);
    expect(stack.psql("SELECT to_regclass('kept'), to_regclass('never')", RESTORED)).toBe("kept|");
    rmSync(file);
  });

  it("keeps the password out of every command line", async () => {
    freshDatabase();
    const file = join(backups, "slow.sql");
    writeFileSync(file, "SELECT pg_sleep(600);\n");
    const abort = new AbortController();
    const request = { database: RESTORED, format: "plain", file } as const;
    const restoring = target.restore(request, io(abort.signal));
    await until("psql to run in the container", () => running().includes("psql"));
    const host = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
    expect(host).toContain("exec -T");
    expect(host + running()).not.toContain(stack.password);
    await untouched(async () => {
      abort.abort();
      expect(problemOf(await restoring).code).toBe("interrupted");
      expect(running()).toBe("");
    });
    const ours = "SELECT count(*) FROM pg_stat_activity WHERE application_name ~ 'drill psql'";
    expect(stack.psql(ours)).toBe("0");
    rmSync(file);
  });

  /** Until released, a dump waits for this table. */
  function lockTable(): () => void {
    const lock = "BEGIN; LOCK TABLE moves; SELECT pg_sleep(600)";
    const words = ["exec", "-e", "PGAPPNAME=locker", stack.container("postgres")];
    const psql = ["psql", "-U", "ringrift", "-c", lock, "ringrift"];
    const child = spawn("docker", [...words, ...psql], { stdio: "ignore" });
    return () => {
      stack.psql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'locker'",
      );
      child.kill();
    };
  }

  it.each([
    { format: "plain", waits: true },
    { format: "directory", waits: false },
  ])(
    "leaves nothing in the container when killed mid-dump ($format)",
    async ({ format, waits }) => {
      const script = fileURLToPath(new URL("dump-and-die.ts", import.meta.url));
      const file = join(backups, `killed.${format}`);
      const release = waits ? lockTable() : () => {};
      const dumps = () => running().includes("pg_dump");
      await untouched(async () => {
        const held = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted";
        if (waits) await until("the lock", () => Number(stack.psql(held)) > 0);
        const child = spawnSync(process.execPath, [script, format, file], {
          cwd: directory,
          env: stack.environment,
          encoding: "utf8",
        });
        expect(`${child.signal} ${child.stderr}`).toBe("SIGKILL ");
        expect(existsSync(file)).toBe(true);
        await until("the container to be quiet", () => !dumps());
        const ours = "SELECT count(*) FROM pg_stat_activity WHERE application_name ~ 'pg_dump'";
        await until("the server to be quiet", () => stack.psql(ours) === "0");
      });
      release();
      rmSync(file, { recursive: true });
    },
    // Left alone, the dump would wait a minute for the lock.
    50_000,
  );

  it("tells free space on both sides of the mount, and of the data", async () => {
    const mount = must(await target.freeSpace("backups"));
    expect(mount.place).toMatch(/on this host, .* at \/backups in the container/);
    expect(mount.bytes).toBeGreaterThan(0);
    expect(must(await target.freeSpace("data"))).toMatchObject({
      place: expect.stringContaining("/var/lib/postgresql/data in container"),
    });
  });

  it.each<[string, Partial<ComposeConfig>, RegExp]>([
    ["an unknown service", { service: "postgre" }, /no service "postgre"/],
    ["a wrong password", { password: "wrong" }, /refused the password of user "ringrift"/],
    [
      "a missing file",
      { files: ["/nowhere/compose.yml"] },
      /names the file "\/nowhere\/compose.yml"/,
    ],
    ["an unknown database", { database: "nope" }, /has no database "nope"/],
  ])("refuses %s", async (_what, change, message) => {
    const problem = problemOf(await open({ ...config, ...change }));
    expect(problem).toMatchObject({ code: "unusable", message: expect.stringMatching(message) });
    expect(problem.hint).toBeDefined();
  });

  it("refuses a daemon that does not answer", async () => {
    vi.stubEnv("DOCKER_HOST", "unix:///nowhere/docker.sock");
    expect(problemOf(await open(config)).message).toMatch(/daemon does not answer/);
  });

  it("refuses another directory than the container's", async () => {
    const other = join(home, "other");
    mkdirSync(other, { recursive: true });
    const moved = { ...config, backups: { host: other, container: "/backups" } };
    const wrong = must(await open(moved));
    expect(problemOf(await wrong.formats()).message).toContain(`the environment says "${other}"`);
    const file = join(other, "x.sql");
    const dumped = await wrong.dump({ database: "ringrift", format: "plain", file }, io());
    expect(problemOf(dumped).code).toBe("unusable");
    expect(readdirSync(other)).toEqual([]);
    await wrong.close();
  });

  it("notices a directory that was made anew under a running container", async () => {
    renameSync(backups, `${backups}-old`);
    mkdirSync(backups);
    try {
      const stale = must(await open(config));
      expect(problemOf(await stale.formats()).message).toMatch(/does not see .* any more/);
      await stale.close();
    } finally {
      rmdirSync(backups);
      renameSync(`${backups}-old`, backups);
    }
  });

  it("does not choose between two containers of a service", async () => {
    const file = join(directory, "twin.yml");
    writeFileSync(
      file,
      'version: "2.4"\nservices: { twin: { image: "restore-drill-staging/postgres:15", entrypoint: ["sleep", "600"] } }\n',
    );
    const files = [join(directory, "docker-compose.yml"), file];
    const { signal } = new AbortController();
    stack.compose(
      "-f",
      "docker-compose.yml",
      "-f",
      "twin.yml",
      "up",
      "-d",
      "--scale",
      "twin=2",
      "twin",
    );
    const words = listWords("twin");
    const asked = must(await findComposeAsking({ ...config, files }, words, signal));
    expect(problemOf(await containerOf(asked, "twin", signal)).message).toMatch(/has 2 containers/);
    stack.compose("-f", "docker-compose.yml", "-f", "twin.yml", "rm", "-fs", "twin");
    rmSync(file);
  });

  it("says that the container stopped, and then that it is not running", async () => {
    freshDatabase();
    const file = join(backups, "slow.sql");
    writeFileSync(file, "SELECT pg_sleep(600);\n");
    const request = { database: RESTORED, format: "plain", file } as const;
    const restoring = target.restore(request, io());
    await until("psql to run in the container", () => running().includes("psql"));
    const id = stack.container("postgres");
    execFileSync("docker", ["stop", "--time", "1", id]);
    expect(problemOf(await restoring).message).toMatch(/container .*postgres[-_]1 is exited/);
    const problem = problemOf(await open(config));
    expect(problem.message).toMatch(/postgres.* is not running/);
    execFileSync("docker", ["start", id]);
  });
});
