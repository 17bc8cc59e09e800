/** What drills leave behind on a stack, and whether they touched the primary. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { waitFor } from "../helpers/wait-for.ts";
import type { Stack } from "./stack.ts";

export interface Traces {
  /** Names of one-off containers, running or not. */
  readonly containers: string;
  readonly databases: string;
  /** Backups without a manifest: nobody can know whether they are whole. */
  readonly partial: readonly string[];
  /** Of the drill, in the server's container. */
  readonly programs: readonly string[];
  /** Of the drill, on the server. */
  readonly sessions: string;
  /** Another one after a restart, and after a crash. */
  readonly serverStarted: string;
  /** Counted by the server itself, of the primary. */
  readonly writes: string;
  readonly rows: string;
}

/** The server's own housekeeping would count as writes. */
export function quietPrimary(stack: Stack): void {
  stack.psql("ALTER SYSTEM SET autovacuum = off");
  stack.psql("SELECT pg_reload_conf()");
}

export function lookAt(stack: Stack): Traces {
  return {
    containers: oneOffs(stack),
    databases: stack.psql("SELECT datname FROM pg_database ORDER BY 1"),
    partial: partialBackups(stack),
    programs: programs(stack),
    sessions: stack.psql(
      "SELECT count(*) FROM pg_stat_activity WHERE application_name ~ '^restore-drill'",
    ),
    serverStarted: stack.psql("SELECT pg_postmaster_start_time()"),
    writes: writesOf(stack),
    rows: stack.psql(ROWS),
  };
}

/** Sessions that were cut off end within moments. */
export async function leaves(stack: Stack, expected: Partial<Traces>): Promise<void> {
  await waitFor(() => expect(lookAt(stack)).toMatchObject(expected), 200);
}

/** So that a test that failed does not fail those after it. */
export function removeLeftovers(stack: Stack): void {
  const left = oneOffs(stack).split("\n").filter(Boolean);
  if (left.length > 0) docker("rm", "--force", ...left);
  stack.psql("DROP DATABASE IF EXISTS ringrift_restore_drill WITH (FORCE)");
}

export function oneOffs({ name }: Stack): string {
  const filters = ["oneoff=True", `project=${name}`].flatMap((label) => [
    "--filter",
    `label=com.docker.compose.${label}`,
  ]);
  return docker("ps", "--all", "--format", "{{.Names}}", ...filters);
}

export function docker(...words: readonly string[]): string {
  return execFileSync("docker", words, { encoding: "utf8", stdio: "pipe" }).trim();
}

export function backupFolder({ directory }: Stack): string {
  return join(directory, "backups");
}

function partialBackups(stack: Stack): readonly string[] {
  const folder = backupFolder(stack);
  return readdirSync(folder).filter(
    (name) =>
      !/^\.|\.manifest\.json$/.test(name) && !existsSync(join(folder, `${name}.manifest.json`)),
  );
}

function programs(stack: Stack): readonly string[] {
  const all = docker("top", stack.container("postgres"), "-eo", "pid,args").split("\n");
  return all.filter((line) => /pg_dump|pg_restore|psql|restore-drill/.test(line));
}

function writesOf(stack: Stack): string {
  stack.psql("SELECT pg_stat_force_next_flush()");
  return stack.psql(
    `SELECT tup_inserted, tup_updated, tup_deleted, temp_files, deadlocks, conflicts
     FROM pg_stat_database WHERE datname = 'ringrift'`,
  );
}

const ROWS = ["users", "games", "moves", "sessions", "password_resets", "_prisma_migrations"]
  .map((table) => `SELECT '${table}', count(*), sum(hashtext(t::text)) FROM ${table} AS t`)
  .join(" UNION ALL ");
