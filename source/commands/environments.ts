import { type EnvironmentRow, environmentRows } from "../environment/choose.ts";
import { loadEnvironments } from "../environment/config.ts";
import { saveDetected } from "../environment/save.ts";
import { readSettings } from "../settings/settings.ts";
import { storage } from "../settings/storage.ts";
import { complain, complainAll, out } from "./terminal.ts";

export interface EnvironmentsOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly save?: boolean;
}

export async function environmentsCommand(options: EnvironmentsOptions): Promise<number> {
  const { config, json } = options;
  const loaded = await loadEnvironments({
    cwd: process.cwd(),
    env: process.env,
    ...(config === undefined ? {} : { file: config }),
  });
  if (!loaded.ok) return complainAll(loaded.problems);
  if (options.save === true) {
    const saved = await saveDetected(loaded.value, process.cwd());
    if (!saved.ok) return complain(saved.problem);
    out(`Wrote ${saved.value}. Read it, correct what is wrong, and commit it.`);
    return 0;
  }
  const settings = await readSettings(storage(process.env).settings);
  if (!settings.ok) return complain(settings.problem);
  const last = settings.value.recent?.environment;
  const rows = environmentRows(loaded.value, process.env).map((row) => ({
    ...row,
    lastUsed: row.name === last,
  }));
  out(json === true ? JSON.stringify(rows, undefined, 2) : rows.map(line(rows)).join("\n"));
  return 0;
}

interface Row extends EnvironmentRow {
  readonly lastUsed: boolean;
}

function line(rows: readonly Row[]): (row: Row) => string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  return (row) => {
    const mark = row.default ? "*" : " ";
    const where = [row.database, row.address].filter((text) => text !== "").join(" on ");
    const found = row.detected ? ["found in this directory, --save keeps it"] : [];
    const notes = [
      ...(row.lastUsed ? ["last used"] : []),
      ...found,
      ...row.production,
      ...(row.problem === undefined ? [] : [row.problem]),
    ];
    const tail = notes.length === 0 ? "" : `  (${notes.join("; ")})`;
    const first = `${mark} ${row.name.padEnd(width)}  ${row.target.padEnd(8)}  ${where}${tail}`;
    return [first, ...foundLines(row)].join("\n");
  };
}

/** To be confirmed by the operator before a drill relies on it. */
function foundLines({ found = [] }: Row): readonly string[] {
  const width = Math.max(...found.map(({ key }) => key.length));
  return found.map(({ key, value, from }) => `      ${key.padEnd(width)}  ${value}  (${from})`);
}
