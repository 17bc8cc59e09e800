/** A real server, a directory and direct targets on it, for one test file. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Target, WorkIo } from "../../source/environment/target.ts";
import { openDirectTarget } from "../../source/environment/targets/direct.ts";
import type { DirectConfig } from "../../source/environment/types.ts";
import type { Connection } from "../../source/postgres/connection.ts";
import { type Postgres15, startPostgres15 } from "./postgres15.ts";
import { must } from "./results.ts";

export interface DirectLab {
  readonly server: Postgres15;
  /** Owns `primary db` and may create databases; the password is full of traps. */
  readonly owner: Connection & { readonly password: string };
  /** Where backups go. */
  readonly home: string;
  readonly target: Target;
  config(changes?: Partial<DirectConfig>): DirectConfig;
  open(changes?: Partial<DirectConfig>): Promise<Target>;
  close(): Promise<void>;
}

export async function openDirectLab(): Promise<DirectLab> {
  // Autovacuum would move the counters that tests look at.
  const server = await startPostgres15({ settings: { autovacuum: "off" } });
  const owner = server.createRole("drill owner", "pa'ss wörd\\%&=", "CREATEDB");
  server.createDatabase("primary db", owner.user);
  server.psql(SCHEMA, "primary db");
  const home = mkdtempSync(join(tmpdir(), "direct target-"));
  chmodSync(home, 0o755);
  const opened: Target[] = [];

  function config(changes: Partial<DirectConfig> = {}): DirectConfig {
    return {
      name: "local",
      target: "direct",
      production: false,
      project: home,
      backups: { host: home },
      bin: server.bin,
      database: "primary db",
      ...owner,
      ...changes,
    };
  }

  async function open(changes: Partial<DirectConfig> = {}): Promise<Target> {
    const options = { line() {}, signal: new AbortController().signal };
    const target = must(await openDirectTarget(config(changes), options));
    opened.push(target);
    return target;
  }

  return {
    server,
    owner,
    home,
    config,
    open,
    target: await open(),
    async close() {
      await Promise.all(opened.map((target) => target.close()));
      await server.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

const SCHEMA = `
  create table games (id int primary key, name text);
  insert into games select n, 'game ' || n from generate_series(1, 50) n;
  alter table games owner to "drill owner";
`;

export interface RecordedIo {
  readonly io: WorkIo;
  readonly lines: readonly string[];
  /** What progress told. */
  readonly sizes: readonly number[];
}

export function recordingIo(signal: AbortSignal = new AbortController().signal): RecordedIo {
  const lines: string[] = [];
  const sizes: number[] = [];
  const io: WorkIo = {
    signal,
    line: (stream, text) => lines.push(`${stream}: ${text}`),
    progress: (_label, done) => sizes.push(done),
  };
  return { io, lines, sizes };
}

/** Of every process; a secret there could be read by anybody on the host. */
export function commandLines(): string {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => readText(`/proc/${pid}/cmdline`)).join("\n");
}

export function livingState(pid: number): "alive" | "gone" {
  const stat = readText(`/proc/${pid}/stat`);
  return stat === "" || /\) [ZX] /.test(stat) ? "gone" : "alive";
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
