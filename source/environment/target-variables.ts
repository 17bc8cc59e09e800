/** Variables and capabilities an environment offers to checklists. */
import type { ServerSummary } from "../drill/types.ts";
import type { Capability } from "./target.ts";
import type { ComposeConfig, DirectConfig } from "./types.ts";

export function variablesOf(
  config: DirectConfig | ComposeConfig,
  at: { readonly host: string; readonly port: number; readonly server: ServerSummary },
): Readonly<Record<string, string>> {
  return {
    ENVIRONMENT: config.name,
    PRIMARY_DB: config.database,
    PRIMARY_USER: config.user,
    PRIMARY_HOST: at.host,
    PRIMARY_PORT: String(at.port),
    PROJECT_DIR: config.project,
    BACKUP_DIR: config.backups.host,
    APP_PATH_HEALTH: config.app?.health ?? "",
    APP_PATH_READY: config.app?.ready ?? "",
    MIGRATIONS_DIR: config.migrations?.directory ?? "",
    PROMETHEUS_URL: config.monitoring?.prometheus ?? "",
    ALERTMANAGER_URL: config.monitoring?.alertmanager ?? "",
    GRAFANA_URL: config.monitoring?.grafana ?? "",
  };
}

/** `app` is for the target to add: how it is started differs. */
export function commonCapabilities(config: DirectConfig | ComposeConfig): Set<Capability> {
  const offered = new Set<Capability>();
  const { monitoring } = config;
  if (config.migrations !== undefined) offered.add("migrations");
  const { prometheus, alertmanager, grafana } = monitoring ?? {};
  if ((prometheus ?? alertmanager ?? grafana) !== undefined) offered.add("monitoring");
  if (prometheus !== undefined) offered.add("prometheus");
  return offered;
}

/** Why a direct environment does not offer something. */
export const REASONS_WITHOUT: Readonly<Record<Capability, string>> = {
  app: "the environment has no `app` with a `command` that starts it",
  "web-page": "the environment has no `app` with a `command` that starts it",
  compose: "the environment is not run by Docker Compose",
  migrations: "the environment has no `migrations`",
  monitoring: "the environment has no `monitoring`",
  prometheus: "the environment's `monitoring` names no `prometheus`",
};
