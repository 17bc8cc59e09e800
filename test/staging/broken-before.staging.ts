/** A stack that is broken before the drill: what its operator is told, and that nothing is touched. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { composeMarker } from "../../source/postgres/marker.ts";
import { canMount, mountTiny } from "../faults/catalogue/mount.ts";
import { changeCompose, recreate } from "./change.ts";
import { proxyDocker } from "./closing-proxy.ts";
import {
  type Drilled,
  type Drilling,
  type DrillOptions,
  drill,
  outcome,
  startDrill,
} from "./drilling.ts";
import { holdMidway } from "./midway.ts";
import { type Stack, startStack } from "./stack.ts";
import {
  backupFolder,
  docker,
  leaves,
  lookAt,
  quietPrimary,
  removeLeftovers,
  type Traces,
} from "./traces.ts";

const RESTORED = "ringrift_restore_drill";

describe("a stack that is broken before the drill", () => {
  const home = mkdtempSync(join(tmpdir(), "restore-drill-staging-"));
  let stack: Stack;
  let before: Traces;
  const begun: Drilling[] = [];

  beforeAll(async () => {
    const directory = join(home, "ringrift");
    const name = `staging-before-${process.pid}`;
    stack = await startStack({ directory, name, compose: "v1", moreGames: 20_000 });
    quietPrimary(stack);
    before = lookAt(stack);
  });

  afterEach(() => {
    for (const drilling of begun.splice(0)) drilling.child.kill("SIGKILL");
    removeLeftovers(stack);
  });

  afterAll(() => {
    stack?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  async function begin(options?: DrillOptions): Promise<Drilling> {
    const drilling = await startDrill(stack, options);
    begun.push(drilling);
    return drilling;
  }

  /** Heals the stack, also after a failure, and sees that the drill left it as it was. */
  async function broken(
    heal: () => void | Promise<void>,
    work: () => Promise<void>,
  ): Promise<void> {
    try {
      await work();
    } finally {
      await heal();
    }
  }

  async function refused(drilling: Promise<Drilled>, exit: number, message: RegExp) {
    const drilled = await drilling;
    expect(drilled.said).toMatch(message);
    expect(drilled.exit, drilled.said).toBe(exit);
    expect(drilled.said).not.toContain(stack.password);
    return drilled;
  }

  const recreated = { serverStarted: expect.any(String) };

  it.each([
    ["nothing mounted for backups", "      - ./backups:/backups\n", "", /has nothing mounted at/],
    ["a read-only mount", "./backups:/backups", "./backups:/backups:ro", /is mounted read-only/],
    [
      "a volume in the mount's place",
      "./backups:/backups",
      "pgdata:/backups",
      /is a volume, not a directory of this host/,
    ],
  ])("with %s", async (_what, from, to, message) => {
    const undo = changeCompose(stack, [from, to]);
    const heal = async () => {
      undo();
      await recreate(stack);
    };
    await broken(heal, async () => {
      await recreate(stack);
      const drilled = await refused(drill(stack), 4, message);
      expect(drilled.verdict).toBeUndefined();
      await leaves(stack, { ...before, ...recreated });
    });
  });

  it("with no published port: the container's own address does", async () => {
    const ports = '    ports:\n      - "127.0.0.1:${DB_PORT:-5432}:5432"\n';
    const undo = changeCompose(stack, [ports, ""]);
    const heal = async () => {
      undo();
      await recreate(stack);
    };
    await broken(heal, async () => {
      await recreate(stack);
      const drilled = await drill(stack);
      expect(drilled, drilled.said).toMatchObject({ exit: 0, verdict: "passed" });
      expect(drilled.said).toMatch(/PostgreSQL 15\.\d+.* at 172\.\d+\.\d+\.\d+:5432/);
      await leaves(stack, { ...before, ...recreated });
    });
  });

  it("with two Postgres services", async () => {
    const image = 'restore-drill-staging/postgres:15"';
    const second = `services:\n  reporting:\n    image: "${image}\n`;
    const undo = changeCompose(stack, ["services:\n", second]);
    await broken(undo, async () => {
      const drilled = await refused(drill(stack), 3, /2 Postgres services: (reporting|postgres), /);
      expect(drilled.said).toMatch(/Write a restore-drill\.yaml/);
      expect(drilled.verdict).toBeUndefined();
    });
    await leaves(stack, { ...before, ...recreated });
  });

  it("with another password than the server's", async () => {
    const file = join(stack.directory, ".env");
    const old = readFileSync(file, "utf8");
    const heal = () => writeFileSync(file, old);
    await broken(heal, async () => {
      writeFileSync(file, old.replace(/DB_PASSWORD=.*/, "DB_PASSWORD=wrong"));
      await refused(
        drill(stack),
        4,
        /refused the password of user "ringrift"\.\s+It is POSTGRES_PASSWORD of service postgres/,
      );
    });
    await leaves(stack, { ...before, ...recreated });
  });

  it("with a daemon that does not answer", async () => {
    const env = { DOCKER_HOST: `unix://${join(home, "nobody.sock")}` };
    await refused(
      drill(stack, { env }),
      4,
      /daemon does not answer: it is stopped, or DOCKER_HOST/,
    );
    await leaves(stack, { ...before, ...recreated });
  });

  it("with a daemon that goes away while the dump runs", async () => {
    const proxy = await proxyDocker(join(home, "proxy.sock"));
    const drilling = await begin({ env: { DOCKER_HOST: proxy.address } });
    const release = await holdMidway(stack, "pg_dump");
    await proxy.close();
    release();
    const drilled = await refused(outcome(drilling), 1, /pg_dump failed/);
    expect(drilled.said).toMatch(/daemon does not answer/);
    await leaves(stack, { ...before, ...recreated });
  });

  it("with a container that is paused", async () => {
    const container = stack.container("postgres");
    docker("pause", container);
    await broken(
      () => void docker("unpause", container),
      async () =>
        void (await refused(drill(stack), 4, /is not running: it is paused\.\s+.*docker unpause/)),
    );
    await leaves(stack, { ...before, ...recreated });
  });

  it("with a migration that the primary does not have", async () => {
    const migration = join(stack.directory, "prisma/migrations/20260901000000_seasons");
    mkdirSync(migration);
    writeFileSync(join(migration, "migration.sql"), "CREATE TABLE seasons (id text);\n");
    const heal = () => rmSync(migration, { recursive: true });
    await broken(heal, async () => {
      const drilled = await refused(drill(stack), 1, /20260901000000_seasons/);
      expect(drilled).toMatchObject({ verdict: "failed" });
      expect(drilled.steps["primary-migrations"]).toBe("failed");
    });
    await leaves(stack, { ...before, ...recreated });
  });

  it("with a migration that failed on the primary", async () => {
    stack.psql(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, logs, started_at, applied_steps_count)
       VALUES ('failed', 'x', '20260901000000_seasons', 'syntax error', now(), 0)`,
    );
    const heal = () => void stack.psql("DELETE FROM _prisma_migrations WHERE id = 'failed'");
    await broken(heal, async () => {
      const drilled = await refused(
        drill(stack),
        1,
        /begun but not finished: 20260901000000_seasons/,
      );
      expect(drilled.steps["primary-migrations"]).toBe("failed");
    });
    before = { ...before, writes: lookAt(stack).writes };
    await leaves(stack, { ...before, ...recreated });
  });

  it.each([
    ["of yesterday's drill", true],
    ["of somebody else", false],
  ])("with a restore database %s: nothing is touched", async (_whose, marked) => {
    const marker = composeMarker({
      drill: "drill-20260101-030000-aaaa",
      madeAt: "2026-01-01T03:00:00.000Z",
      primary: "ringrift",
    });
    stack.psql(`CREATE DATABASE ${RESTORED}`);
    if (marked) stack.psql(`COMMENT ON DATABASE ${RESTORED} IS '${marker}'`);
    stack.psql("CREATE TABLE precious ()", RESTORED);
    await broken(
      () => void stack.psql(`DROP DATABASE ${RESTORED}`),
      async () => {
        const drilled = await refused(drill(stack), 4, new RegExp(`"${RESTORED}".* exists`));
        expect(drilled.said).toMatch(/ {2}owner: ringrift\n {2}size: .*\n {2}connections: 0\n/);
        const hint = marked
          ? /restore-drill abandon drill-20260101-030000-aaaa/
          : /does not drop it/;
        expect(drilled.said).toMatch(hint);
        expect(drilled.verdict).toBeUndefined();
        expect(stack.psql("SELECT to_regclass('precious')", RESTORED)).toBe("precious");
      },
    );
    await leaves(stack, { ...before, ...recreated });
  });

  describe.runIf(canMount())("with a small disk for backups", () => {
    const kept = () => join(home, "kept");

    async function onDisk(size: string, work: () => Promise<void>): Promise<void> {
      const place = backupFolder(stack);
      cpSync(place, kept(), { recursive: true });
      const unmount = mountTiny(place, size);
      const heal = async () => {
        stack.compose("stop", "postgres");
        unmount();
        stack.compose("up", "-d", "postgres");
        await recreate(stack);
      };
      await broken(heal, async () => {
        await recreate(stack);
        await work();
        await leaves(stack, { ...before, ...recreated });
      });
    }

    it("that is too small for the primary", async () => {
      await onDisk("1m", async () => {
        const drilled = await refused(drill(stack), 4, /Too little free space for the backup/);
        expect(drilled.verdict).toBeUndefined();
      });
    });

    it("that somebody else fills while the dump runs", async () => {
      await onDisk("200m", async () => {
        const drilling = await begin();
        const release = await holdMidway(stack, "pg_dump");
        const filler = join(backupFolder(stack), "filler.manifest.json");
        docker("exec", stack.container("postgres"), "sh", "-c", FILL);
        release();
        const drilled = await refused(outcome(drilling), 1, /No space left on device/);
        expect(drilled.said).toMatch(/Make room on the disk/);
        expect(drilled.steps["take-backup"]).toBe("failed");
        rmSync(filler);
      });
    });
  });
});

/** Named so that it is not taken for a backup. */
const FILL = "dd if=/dev/zero of=/backups/filler.manifest.json bs=64k 2>/dev/null || true";
