/** Everything one drill has of its own: names, client programs, scratch directory, injections. */
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { BackupFormat, Target } from "../../source/environment/target.ts";
import { openDirectTarget } from "../../source/environment/targets/direct.ts";
import { manifestPath } from "../../source/postgres/manifest-file.ts";
import { must } from "../helpers/results.ts";
import { type Lab, PASSWORD, PRIMARY, PRISTINE, quoted, settingsSql } from "./lab.ts";
import type { Moment, Rig } from "./types.ts";

export interface OpenRig extends Rig {
  readonly bin: string;
  readonly user: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly drill: string;
  /** Runs what was injected for that moment. */
  reach(moment: Moment): Promise<void>;
  adoptBackup(file: string): void;
  /** A copy of its own of a backup and its manifest, to be damaged. */
  copyBackup(file: string): void;
  target(): Promise<Target>;
  close(): Promise<void>;
}

export interface RigOptions {
  readonly format?: BackupFormat | undefined;
  readonly primary?: string | undefined;
  /** Name of the restore database; one of its own unless given. */
  readonly restore?: string;
  /** Takes a backup of a database in another drill. */
  backUp(lab: Lab, database: string): Promise<string>;
}

export function openRig(lab: Lab, options: RigOptions): OpenRig {
  const { server } = lab;
  const id = lab.next();
  const home = join(lab.home, `drill-${id}`);
  const bin = join(home, "bin");
  mkdirSync(bin, { recursive: true });
  for (const tool of readdirSync(server.bin)) symlinkSync(join(server.bin, tool), join(bin, tool));
  const acts = new Map<Moment, (() => void | Promise<void>)[]>();
  const undo: (() => void | Promise<void>)[] = [];
  const variables: Record<string, string> = {};
  const targets: Target[] = [];
  let primary = options.primary ?? PRIMARY;
  let user = "ringrift";
  let backup = "";
  const restore = options.restore ?? `restored_${id}`;
  const drop = async (database: string) => {
    const statement = `DROP DATABASE IF EXISTS ${quoted(database)} WITH (FORCE)`;
    // A subscription blocks it.
    const unsubscribe = async () => {
      await lab.psql("DROP SUBSCRIPTION IF EXISTS stray", database);
      await lab.psql(statement);
    };
    await lab.psql(statement).catch(unsubscribe);
  };
  const named = (sql: string) =>
    sql.replaceAll("{db}", quoted(restore)).replaceAll("{primary}", quoted(primary));

  const rig: OpenRig = {
    format: options.format ?? "plain",
    get primary() {
      return primary;
    },
    restore,
    get backup() {
      return backup;
    },
    home,
    bin,
    get user() {
      return user;
    },
    variables,
    drill: `drill-${id}`,
    at(moment, act) {
      acts.set(moment, [...(acts.get(moment) ?? []), act]);
    },
    async reach(moment) {
      for (const act of acts.get(moment) ?? []) await act();
    },
    wrap(tool, script, banner) {
      const path = join(bin, tool);
      rmSync(path);
      const real = join(server.bin, tool);
      writeFileSync(path, wrapper(real, script, banner), { mode: 0o755 });
    },
    psql: (sql) => lab.psql(named(sql), restore),
    onPrimary: (sql) => lab.psql(named(sql), primary),
    onServer: (sql) => lab.psql(named(sql)),
    async ownPrimary() {
      const own = `ringrift_${id}`;
      undo.push(() => drop(own));
      await lab.psql(`CREATE DATABASE ${quoted(own)} OWNER ringrift TEMPLATE ${PRISTINE}`);
      await lab.psql(settingsSql(own));
      primary = own;
    },
    set(name, value) {
      variables[name] = value;
    },
    loginAs(role) {
      user = role;
    },
    afterwards: (act) => void undo.push(act),
    backUp: (database) => options.backUp(lab, database),
    adoptBackup(file) {
      backup = file;
    },
    copyBackup(file) {
      const copy = join(home, "backups", basename(file));
      cpSync(file, copy, { recursive: true });
      cpSync(manifestPath(file), manifestPath(copy));
      backup = copy;
    },
    async target() {
      const config = {
        ...({ name: "faults", target: "direct", production: false, project: home } as const),
        ...{ backups: { host: join(home, "backups") }, database: primary, bin },
        ...{ host: server.host, port: server.port, user, password: PASSWORD },
      };
      const signal = new AbortController().signal;
      const target = must(await openDirectTarget(config, { line: () => {}, signal }));
      targets.push(target);
      return target;
    },
    async close() {
      await Promise.all(targets.map((target) => target.close()));
      await drop(restore);
      for (const act of undo.reverse()) await act();
      rmSync(home, { recursive: true, force: true });
    },
  };
  return rig;
}

/** Only the last argument of pg_restore is its file; psql and pg_dump name theirs with an option. */
function wrapper(real: string, script: string, banner?: string): string {
  const version = banner === undefined ? 'exec "$REAL" --version' : `echo '${banner}'; exit 0`;
  return `#!/bin/bash
REAL='${real}'
FILE=
rest=()
if [[ "$*" == --version || "$*" == -V ]]; then ${version}; fi
while (($#)); do
  case "$1" in
    --file=*) FILE="\${1#--file=}" ;;
    -f) FILE="$2"; shift ;;
    *) rest+=("$1") ;;
  esac
  shift
done
if [[ "$REAL" == *pg_restore ]]; then FILE="\${rest[-1]}"; unset 'rest[-1]'; [ "\${rest[-1]}" = -- ] && unset 'rest[-1]'; fi
input() { if [ -n "$FILE" ]; then cat "$FILE"; else cat; fi; }
${script}
`;
}
