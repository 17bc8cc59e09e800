/**
 * The runbook's own way, command by command: what would an operator who follows it notice? Exit
 * codes, the file's presence and header, the tables of `\dt` by eye, the names of migrations.
 * Generous: an archive, which it does not know, is given to pg_restore and its exit code is read.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Start } from "./drill.ts";
import { type Lab, PASSWORD, PRIMARY } from "./lab.ts";
import type { OpenRig } from "./rig.ts";

export interface RunbookOutcome {
  readonly noticed: boolean;
  readonly how: string;
}

const OK = { noticed: false, how: "" };

export async function runRunbook(lab: Lab, rig: OpenRig, start: Start): Promise<RunbookOutcome> {
  await rig.reach("before");
  const found =
    (await takeBackup(lab, rig, start)) ??
    (await restore(lab, rig, start)) ??
    (await look(lab, rig));
  return found === undefined ? OK : { noticed: true, how: found };
}

/** Section 3.1. */
async function takeBackup(lab: Lab, rig: OpenRig, start: Start): Promise<string | undefined> {
  if (start === "restored") return undefined;
  if (start === "backed-up") {
    rig.copyBackup(await lab.healthyBackup(rig.format));
    await rig.reach("backed-up");
    return undefined;
  }
  mkdirSync(join(rig.home, "backups"), { recursive: true });
  rig.adoptBackup(rig.variables.BACKUP_FILE ?? join(rig.home, "backups", "staging_drill_1.sql"));
  if (rig.variables.BACKUP_FILE === undefined) {
    const format = rig.format === "plain" ? "" : ` --format=${rig.format}`;
    const dumped = shell(lab, rig, `pg_dump -d "$PRIMARY"${format} -f "$BACKUP"`);
    await rig.reach("dumping");
    const exit = await dumped;
    if (exit !== 0) return `pg_dump: exit ${exit}`;
  }
  await rig.reach("backed-up");
  if (!existsSync(rig.backup)) return "ls: no such file";
  if (rig.format !== "plain") return undefined;
  const header = await shell(lab, rig, `head -20 "$BACKUP" | grep -q "PostgreSQL database dump"`);
  return header === 0 ? undefined : "head: no header";
}

/** Sections 3.2 and 3.3. */
async function restore(lab: Lab, rig: OpenRig, start: Start): Promise<string | undefined> {
  if (start === "restored") {
    await lab.cloneRestored(rig.restore, rig.drill);
  } else {
    const created = await shell(lab, rig, `createdb "$RESTORE"`);
    if (created !== 0) return `createdb: exit ${created}`;
    await rig.reach("created");
    const plain = `psql -d "$RESTORE" < "$BACKUP"`;
    const archive = `pg_restore -d "$RESTORE" "$BACKUP"`;
    const exit = await shell(lab, rig, rig.format === "plain" ? plain : archive);
    if (exit !== 0) return `restore: exit ${exit}`;
  }
  await rig.reach("restored");
  return undefined;
}

const DT = `SELECT string_agg(c.relname, ',' ORDER BY c.relname COLLATE "C") FROM pg_class c
  WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace`;
const MIGRATIONS = `SELECT string_agg(migration_name, ',' ORDER BY migration_name) FROM _prisma_migrations
  WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`;

/** `\dt` by eye, and the names that `prisma migrate status` would miss. */
async function look(lab: Lab, rig: OpenRig): Promise<string | undefined> {
  const expected = await expectedOf(lab, rig);
  const read = (sql: string) => attempt(lab.psql(sql, rig.restore));
  if ((await read(DT)) !== expected.tables) return "\\dt: other tables";
  if ((await read(MIGRATIONS)) !== expected.migrations) return "migrate status: other migrations";
  return undefined;
}

/** What the operator knows of the primary, from before anything went wrong. */
async function expectedOf(lab: Lab, rig: OpenRig) {
  const database = rig.primary.startsWith(PRIMARY) ? PRIMARY : rig.primary;
  const tables = await lab.psql(DT, database);
  return { tables, migrations: await attempt(lab.psql(MIGRATIONS, database)) };
}

async function attempt(read: Promise<string>): Promise<string> {
  return read.catch(() => "(error)");
}

/** Exit code; the programs are the rig's, which may be broken. */
function shell(lab: Lab, rig: OpenRig, script: string): Promise<number> {
  const env = {
    ...process.env,
    PATH: `${rig.bin}:${process.env.PATH}`,
    ...{ PGHOST: lab.server.host, PGPORT: String(lab.server.port), PGUSER: rig.user },
    ...{ PGPASSWORD: PASSWORD, PRIMARY: rig.primary, RESTORE: rig.restore, BACKUP: rig.backup },
  };
  return new Promise((resolve) => {
    execFile("bash", ["-c", script], { env, maxBuffer: 1 << 28, timeout: 60_000 }, (error) => {
      if (error === null) resolve(0);
      else resolve(typeof error.code === "number" ? error.code : 255);
    });
  });
}
