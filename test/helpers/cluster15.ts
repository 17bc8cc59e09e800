/** Data directories of PostgreSQL 15: initdb takes ten times as long as a copy of what it made. */
import { execFileSync } from "node:child_process";
import { chownSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const POSTGRES15_BIN = "/usr/lib/postgresql/15/bin";
export const SUPERUSER = { user: "postgres", password: "super secret & sound" };
/** Where a cluster to copy is; without it, or for a second server, a new one is made. */
export const TEMPLATE_VARIABLE = "RESTORE_DRILL_TEST_CLUSTER";

export type UnixIds = { readonly uid: number; readonly gid: number } | undefined;

/** Postgres refuses to run as root. */
export function unprivileged(): UnixIds {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

/** Without the PG* variables of whoever runs the tests. */
export function quietEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).flatMap(([name, value]) =>
    name.startsWith("PG") || value === undefined ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(kept), LC_ALL: "C.UTF-8" };
}

/** The home of a cluster that never runs. */
export function makeTemplate(): string {
  const home = mkdtempSync(join(tmpdir(), "restore-drill-pg15-template-"));
  const ids = unprivileged();
  if (ids !== undefined) chownSync(home, ids.uid, ids.gid);
  initdb(home, ids);
  return home;
}

let copied = false;

/** Makes `data` below the home, which belongs to the ids. */
export function makeCluster(home: string, ids: UnixIds): void {
  const template = process.env[TEMPLATE_VARIABLE];
  // Copies are one server to everybody who asks for its identity: one in a test file.
  if (template === undefined || copied) {
    initdb(home, ids);
  } else {
    copied = true;
    execFileSync("cp", ["-a", join(template, "data"), join(home, "data")]);
  }
}

function initdb(home: string, ids: UnixIds): void {
  const passwordFile = join(home, "password");
  writeFileSync(passwordFile, SUPERUSER.password, { mode: 0o644 });
  execFileSync(
    join(POSTGRES15_BIN, "initdb"),
    [
      ["-D", join(home, "data"), "-U", SUPERUSER.user, "--pwfile", passwordFile],
      ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
    ].flat(),
    { ...ids, cwd: home, env: quietEnvironment(), stdio: ["ignore", "ignore", "pipe"] },
  );
}
