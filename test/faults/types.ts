/** The words of the fault catalogue. */
import type { BackupFormat } from "../../source/environment/target.ts";

/** Where in a drill a fault strikes. */
export type Kind = "dump" | "backup-file" | "restore" | "restored" | "primary";

export const KINDS: readonly Kind[] = ["dump", "backup-file", "restore", "restored", "primary"];

export interface Fault {
  /** Stable and readable; unique in the catalogue. */
  readonly name: string;
  readonly kind: Kind;
  /** What a drill must say: the object that is wrong, by name. */
  readonly expect: RegExp;
  /** A few break nothing yet: a warning is right. Default: the drill must fail. */
  readonly notice?: "warning";
  /** Default: plain. */
  readonly format?: BackupFormat;
  /** Needs to mount a tiny file system. */
  readonly needsMount?: true;
  inject(rig: Rig): void | Promise<void>;
}

/** A drill that must pass. */
export interface HealthyDrill {
  readonly name: string;
  readonly format?: BackupFormat;
  /** SQL for the primary of its own; without it, the world's own primary. */
  readonly world?: string;
  /** Of that primary: `ENCODING 'LATIN1' ...`. */
  readonly database?: string;
  /** Statements that writers repeat while the backup is taken. */
  readonly load?: readonly string[];
  prepare?(rig: Rig): void | Promise<void>;
}

/** `dumping`: the dump starts; `restored`: the restore is done and nobody has looked yet. */
export type Moment = "before" | "dumping" | "backed-up" | "created" | "restored";

export type Tool = "pg_dump" | "pg_restore" | "psql";

/** What a fault can reach. One rig serves one drill. */
export interface Rig {
  readonly format: BackupFormat;
  /** Name of the primary database. */
  readonly primary: string;
  /** Name of the restore database. */
  readonly restore: string;
  /** Path of the backup, from `backed-up` on. */
  readonly backup: string;
  /** Scratch directory of this drill. */
  readonly home: string;
  /** Does something when the drill gets there; at once, for a drill that begins later. */
  at(moment: Moment, act: () => void | Promise<void>): void;
  /**
   * Replaces a client program: bash, with the real one as `$REAL`, the file it writes or reads as
   * `$FILE` ("" for standard input) and the other arguments as `"${rest[@]}"`.
   */
  wrap(tool: Tool, script: string, banner?: string): void;
  /** In the restore database, as superuser; `{db}` is its quoted name, `{primary}` the primary's. */
  psql(sql: string): Promise<string>;
  onPrimary(sql: string): Promise<string>;
  onServer(sql: string): Promise<string>;
  /** Continues with a primary of its own, a copy of the world's. */
  ownPrimary(): Promise<void>;
  /** Variables for the drill: BACKUP_FILE, MAX_BACKUP_AGE. */
  set(name: string, value: string): void;
  /** Another login role than the owner. */
  loginAs(role: "ringrift_reader" | "ringrift_app"): void;
  /** Done after the drill, whatever came of it. */
  afterwards(act: () => void | Promise<void>): void;
  /** Takes an own backup of a database, with its manifest, as another drill would; its path. */
  backUp(database: string): Promise<string>;
}

/** What came of one drill. */
export interface Outcome {
  readonly passed: boolean;
  /** Failed checks, differences and problems, each with what it names. */
  readonly told: readonly string[];
  readonly warnings: readonly string[];
  /** The step that failed. */
  readonly step?: string;
  readonly seconds: number;
}
