/** A server of any major, from the npm package that carries its binaries. */
import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Client } from "pg";

export interface Cluster {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  sql(text: string, database?: string): Promise<readonly Record<string, unknown>[]>;
  stop(): Promise<void>;
}

const PASSWORD = "versions";

/** `native` holds `bin`, `lib` and `share`. */
export async function startCluster(native: string): Promise<Cluster> {
  const home = mkdtempSync(join(tmpdir(), "restore-drill-version-"));
  const libraries = join(home, "lib");
  const data = join(home, "data");
  for (const directory of [libraries, data]) mkdirSync(directory);
  const ids = process.getuid?.() === 0 ? { uid: idOf("-u"), gid: idOf("-g") } : undefined;
  chmodSync(home, 0o755);
  if (ids !== undefined) chownSync(data, ids.uid, ids.gid);
  linkLibraries(native, libraries);
  const env = {
    PATH: "/usr/bin:/bin",
    LC_ALL: "C",
    TZ: "UTC",
    LD_LIBRARY_PATH: `${libraries}:${join(native, "lib")}`,
  };
  const passwordFile = join(home, "password");
  writeFileSync(passwordFile, PASSWORD);
  const options = [
    "-U",
    "postgres",
    "--pwfile",
    passwordFile,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "-N",
  ];
  execFileSync(join(native, "bin", "initdb"), ["-D", data, ...options], {
    ...ids,
    env,
    cwd: home,
    stdio: "ignore",
  });
  const port = await freePort();
  const settings = [
    "fsync=off",
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=60",
  ];
  const server = spawn(
    join(native, "bin", "postgres"),
    ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
    { ...ids, env, cwd: home, stdio: "ignore" },
  );
  const exited = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const login = { host: "127.0.0.1", port, user: "postgres", password: PASSWORD };
  const sql = async (text: string, database = "postgres") => {
    const client = new Client({ ...login, database });
    client.on("error", () => {});
    try {
      await client.connect();
      return (await client.query<Record<string, unknown>>(text)).rows ?? [];
    } finally {
      await client.end().catch(() => {});
    }
  };
  await answering(sql, () => server.exitCode !== null);
  return {
    ...login,
    sql,
    async stop() {
      server.kill("SIGQUIT");
      await exited;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function answering(
  ask: (text: string) => Promise<unknown>,
  gone: () => boolean,
): Promise<void> {
  const until = Date.now() + 60_000;
  for (;;) {
    try {
      await ask("SELECT 1");
      return;
    } catch (error) {
      if (gone() || Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function linkLibraries(native: string, into: string): void {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links: unknown = JSON.parse(readFileSync(list, "utf8"));
  for (const link of Array.isArray(links) ? links : []) {
    const path = join(into, basename(String(link.target)));
    if (!existsSync(path)) symlinkSync(join(native, "lib", basename(String(link.source))), path);
  }
}

function idOf(flag: string): number {
  return Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
