/** A whole headless drill against the runbook's own commands on the same database. */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENTRY } from "../helpers/cli.ts";
import { POSTGRES15_BIN, type Postgres15 } from "../helpers/postgres15.ts";
import { PASSWORD } from "./world.ts";

export interface DrillRun {
  /** Largest resident set of our process, in bytes. */
  readonly memory: number;
}

export async function drillOnce(
  server: Postgres15,
  database: string,
  args: readonly string[] = ["--set", "BACKUP_FORMAT=directory"],
): Promise<DrillRun> {
  const home = mkdtempSync(join(tmpdir(), "restore-drill-bench-"));
  writeFileSync(
    join(home, "restore-drill.yaml"),
    `default: bench
environments:
  bench: { target: direct, host: ${server.host}, port: ${server.port}, user: ringrift, database: ${database}, password: "\${BENCH_PASSWORD}", bin: ${POSTGRES15_BIN}, backups: { host: . } }
`,
  );
  try {
    return await run(home, ["--headless", ...args]);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function run(home: string, args: readonly string[]): Promise<DrillRun> {
  return new Promise((resolve, reject) => {
    const env = {
      ...process.env,
      RESTORE_DRILL_HOME: join(home, "home"),
      BENCH_PASSWORD: PASSWORD,
    };
    const child = spawn(process.execPath, [ENTRY, ...args], { cwd: home, env });
    let output = "";
    child.stdout.on("data", (text) => (output += String(text)));
    child.stderr.on("data", (text) => (output += String(text)));
    let memory = 0;
    const look = setInterval(() => {
      memory = Math.max(memory, residentPeak(child.pid));
    }, 100);
    child.on("close", (exit) => {
      clearInterval(look);
      if (exit === 0) resolve({ memory });
      else reject(new Error(`The drill ended with exit ${exit}:\n${output}`));
    });
  });
}

function residentPeak(pid: number | undefined): number {
  try {
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(peak ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Section 3 of the runbook, without the container: dump, createdb, psql <, dropdb. */
export async function runbookOnce(server: Postgres15, database: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "restore-drill-runbook-"));
  const script = `set -euo pipefail
pg_dump -d ${database} -f "$1/drill.sql"
createdb bench_runbook
psql -q -d bench_runbook < "$1/drill.sql" > /dev/null
dropdb bench_runbook`;
  try {
    execFileSync("bash", ["-c", script, "bash", folder], {
      env: {
        ...process.env,
        PATH: `${POSTGRES15_BIN}:${process.env.PATH}`,
        PGHOST: server.host,
        PGPORT: String(server.port),
        PGUSER: "ringrift",
        PGPASSWORD: PASSWORD,
      },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
