/** Where everything the tool keeps lives on this machine. */
import { chmod, mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { fail, ok, type Result } from "../problem.ts";

/** Absolute paths. Nothing exists before `prepareStorage`. */
export interface Storage {
  readonly home: string;
  /** The signed entries: a file, one entry a line. */
  readonly log: string;
  /** A directory for each drill: its journal and the spools of its output. */
  readonly drills: string;
  readonly keys: string;
  readonly locks: string;
  /** Where the practice environment puts its backups. */
  readonly backups: string;
  /** A JSON file. */
  readonly settings: string;
}

export interface DrillPaths {
  readonly directory: string;
  readonly journal: string;
  readonly spools: string;
}

const APP = "restore-drill";

/** `RESTORE_DRILL_HOME` moves everything; without it, the platform's own folders. Touches nothing. */
export function storage(env: NodeJS.ProcessEnv, platform: string = process.platform): Storage {
  const moved = env.RESTORE_DRILL_HOME;
  if (moved !== undefined && moved !== "") {
    const home = resolve(moved);
    return layout(home, join(home, "settings.json"));
  }
  const { data, config } = platformFolders(env, platform);
  return layout(data, join(config, "settings.json"));
}

/** Makes the folders, for the operator only (0700). The home itself, if it exists, is left as it is. */
export async function prepareStorage(places: Storage): Promise<Result<void>> {
  try {
    await mkdir(places.home, { recursive: true, mode: 0o700 });
    for (const folder of [places.drills, places.keys, places.locks, places.backups]) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await chmod(folder, 0o700);
    }
    return ok(undefined);
  } catch (error) {
    return fail({
      code: "unusable",
      message: `The folder ${places.home} cannot be used: ${reasonOf(error)}.`,
      hint: "Make it writable, or set RESTORE_DRILL_HOME to a folder of yours.",
    });
  }
}

/** Drill ids become folder names, so nothing but plain names is one. */
export function isDrillId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(text);
}

/** The id must be one (`isDrillId`): ids that come from outside are looked up, never joined. */
export function drillPaths(places: Storage, id: string): DrillPaths {
  if (!isDrillId(id)) {
    throw new Error(`Not a drill id: ${JSON.stringify(id)}`);
  }
  const directory = join(places.drills, id);
  return {
    directory,
    journal: join(directory, "journal.jsonl"),
    spools: join(directory, "spools"),
  };
}

function layout(home: string, settings: string): Storage {
  return {
    home,
    log: join(home, "log.jsonl"),
    drills: join(home, "drills"),
    keys: join(home, "keys"),
    locks: join(home, "locks"),
    backups: join(home, "practice-backups"),
    settings,
  };
}

function platformFolders(env: NodeJS.ProcessEnv, platform: string) {
  const home = env.HOME ?? homedir();
  if (platform === "darwin") {
    const library = join(home, "Library", "Application Support", APP);
    return { data: library, config: library };
  }
  if (platform === "win32") {
    const local = env.LOCALAPPDATA ?? join(home, "AppData", "Local");
    return { data: join(local, APP), config: join(local, APP) };
  }
  return {
    data: join(xdg(env.XDG_DATA_HOME, join(home, ".local", "share")), APP),
    config: join(xdg(env.XDG_CONFIG_HOME, join(home, ".config")), APP),
  };
}

/** The XDG specification: a relative path is invalid and is to be ignored. */
function xdg(value: string | undefined, fallback: string): string {
  return value !== undefined && isAbsolute(value) ? value : fallback;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
