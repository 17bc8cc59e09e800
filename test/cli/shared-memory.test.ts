/** A server whose parallel workers have too little memory to share, as Docker gives it. */
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canMount, mountTiny } from "../faults/catalogue/mount.ts";
import { newHome, runCli } from "../helpers/cli.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../helpers/postgres15.ts";
import { waitFor } from "../helpers/wait-for.ts";

const mounts = canMount();
if (!mounts) console.warn("Too little shared memory is not tested: only root may mount it small.");

describe.runIf(postgres15Available && mounts)("a server short of shared memory", () => {
  let server: Postgres15;
  let unmount: (() => void) | undefined;

  beforeAll(async () => {
    server = await startPostgres15({
      settings: { dynamic_shared_memory_type: "mmap" },
      // Where `mmap` keeps it, as /dev/shm is for `posix`.
      beforeStart(data) {
        unmount = mountTiny(join(data, "pg_dynshmem"), "1100k");
      },
    });
    server.createRole("ringrift", "pw", "CREATEDB");
    server.createDatabase("ringrift", "ringrift");
    server.psql(
      `SET ROLE ringrift; CREATE TABLE moves (id serial PRIMARY KEY, note text);
      INSERT INTO moves (note) SELECT md5(i::text) FROM generate_series(1, 5000) i;`,
      "ringrift",
    );
    server.psql("ALTER ROLE ringrift SET min_parallel_table_scan_size = 0");
  });
  afterAll(async () => {
    server?.crash();
    await waitFor(() => unmount?.());
    await server?.stop();
  });

  it("is not told to make room on a disk", async () => {
    const home = await newHome();
    const config = join(home, "restore-drill.yaml");
    const place = `host: ${server.host}, port: ${server.port}, bin: ${server.bin}`;
    const user = `user: ringrift, password: "\${DRILL_DB_PASSWORD}", database: ringrift`;
    const local = `{ target: direct, ${place}, ${user}, backups: { host: ./backups } }`;
    writeFileSync(config, `environments: { local: ${local} }`);
    const outcome = await runCli(["--headless", "--config", config, "--environment", "local"], {
      home,
      env: { DRILL_DB_PASSWORD: "pw" },
    });
    const said = outcome.stdout + outcome.stderr;
    expect(said).toContain("could not resize shared memory segment");
    expect(said).toContain("shm_size");
    expect(said).not.toContain("Make room on the disk");
    expect(outcome.exit).toBe(1);
    expect(readdirSync(join(home, "backups")).join(" ")).toContain(".manifest.json");
  });
});
