/** What a checklist may rely on without declaring it. The words of the contract, with meanings. */

/** Variables every environment gives; an absent thing is the empty string. */
export const OFFERED_VARIABLES: Readonly<Record<string, string>> = {
  DRILL_ID: "Identifier of this drill",
  OPERATOR: "Name of the operator",
  ENVIRONMENT: "Name of the environment",
  PROJECT_DIR: "Project directory, where `run` steps start",
  BACKUP_DIR: "Directory on this host where backups go",
  PRIMARY_DB: "Name of the primary database",
  PRIMARY_USER: "Owner of the primary and user of every connection",
  PRIMARY_HOST: "Host name, address or socket directory of the server",
  PRIMARY_PORT: "Port of the server",
  APP_PATH_HEALTH: "Path of the app's health check, such as `/health`",
  APP_PATH_READY: "Path of the app's readiness check, such as `/ready`",
  MIGRATIONS_DIR: "Directory of the migrations",
  PROMETHEUS_URL: "Where Prometheus answers",
  ALERTMANAGER_URL: "Where Alertmanager answers",
  GRAFANA_URL: "Where Grafana answers",
};

/** Secrets in the environment of `run` and `start` bodies; nothing else may name them. */
export const OFFERED_SECRETS: Readonly<Record<string, string>> = {
  DB_PASSWORD: "Password of the database user",
  PGPASSWORD: "The same, under the name that `psql` and its kin read",
  DATABASE_URL: "Connection URL of the restore database, password included",
  INSTANCE_URL:
    "Connection URL of the primary's database on the restored instance, password included; empty before a step gave INSTANCE_HOST and INSTANCE_PORT, or where the environment cannot reach it",
};

/** What `when: { has: ... }` may ask for. */
export const CAPABILITIES: Readonly<Record<string, string>> = {
  app: "The app can be started against a database",
  compose: "Commands go through Docker Compose",
  migrations: "The environment says where the migrations are",
  monitoring: "Prometheus, Alertmanager or Grafana is configured",
  prometheus: "Prometheus is configured",
  "web-page": "The app has a page to open in a browser",
};

/** Names bash, the loader or Node read themselves: a checklist must not set them. */
export const RESERVED_VARIABLES: ReadonlySet<string> = new Set([
  "BASH_ENV",
  "ENV",
  "HOME",
  "IFS",
  "LD_LIBRARY_PATH",
  "LD_PRELOAD",
  "NODE_OPTIONS",
  "PATH",
  "PS4",
  "SHELL",
  "SHELLOPTS",
  "TMPDIR",
]);
