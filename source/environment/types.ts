/** Environments as configured (design: environments), after parsing; references are resolved. */

import type { WrittenQuery } from "./metric-queries.ts";

export type EnvironmentConfig = PracticeConfig | DirectConfig | ComposeConfig;

interface CommonConfig {
  readonly name: string;
  /** Anything marked or smelling of production refuses destructive checklists. */
  readonly production: boolean;
  /** Project directory: where `run:` steps start. Absolute. */
  readonly project: string;
  readonly backups: { readonly host: string; readonly container?: string };
  readonly app?: AppConfig;
  readonly monitoring?: MonitoringConfig;
  readonly migrations?: { readonly tool: "prisma"; readonly directory: string };
}

export interface PracticeConfig {
  readonly name: string;
  readonly target: "practice";
}

export interface DirectConfig extends CommonConfig {
  readonly target: "direct";
  /** A host name, an address, or a socket directory. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password?: string;
  /** Directory of `pg_dump`, `psql`, `pg_restore`; default PATH. */
  readonly bin?: string;
}

export interface ComposeConfig extends CommonConfig {
  readonly target: "compose";
  /** Absolute; empty: Compose looks for them itself. */
  readonly files: readonly string[];
  /** Absolute; given to Compose as `--env-file`. */
  readonly envFile?: string;
  readonly projectName?: string;
  readonly profiles?: readonly string[];
  /** `docker-compose` or `docker compose`, and only that; default: what is there, v2 first. */
  readonly compose?: "v1" | "v2";
  readonly service: string;
  readonly user: string;
  readonly database: string;
  readonly password?: string;
}

export interface AppConfig {
  /** Compose service; absent for direct and practice. */
  readonly service?: string;
  /** What its container runs instead of the service's own command (compose). */
  readonly words?: readonly string[];
  /** Port the app listens on (inside its container for compose). */
  readonly port: number;
  /** Paths. */
  readonly health: string;
  readonly ready: string;
  /** Command that starts it on this host (direct): a bash script that reads PORT and DATABASE_URL. */
  readonly command?: string;
}

export interface MonitoringConfig {
  readonly prometheus?: string;
  readonly alertmanager?: string;
  readonly grafana?: string;
  /** By name; absent for the usual ones. */
  readonly queries?: Readonly<Record<string, WrittenQuery>>;
}

/** The parsed `restore-drill.yaml`, or what was detected without one. */
