/**
 * The staging stack for tests: a copy of the project in a folder of the caller's, started by
 * Compose, with migrations and rows in its database.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeAll } from "./clean-up.ts";
import { COMPOSE_COMMANDS, type ComposeVersion, writeDockerConfig } from "./compose.ts";
import { IMAGES } from "./images.ts";
import { commitProject, freePorts, type Ports, writeProject } from "./project.ts";
import { seedSql } from "./seed.ts";
import { until } from "./until.ts";

export { startDockerd } from "./dockerd.ts";
export { buildImages } from "./images.ts";

export interface StackOptions {
  /** The deployment directory. It is made, may hold spaces, and stays after `stop`. */
  readonly directory: string;
  /** Compose's project name: a–z, 0–9 and -, no other's. */
  readonly name: string;
  readonly compose: ComposeVersion;
  readonly postgres?: "debian" | "busybox";
  /** On top of 300 users, 5,000 games and 20,000 moves; each with four moves. */
  readonly moreGames?: number;
  /** Changes the project before it is committed and started. */
  readonly change?: (directory: string) => void;
  /** Given to Compose before its command: which files, which project. */
  readonly flags?: readonly string[];
}

export interface Stack {
  readonly directory: string;
  readonly name: string;
  readonly ports: Ports;
  readonly password: string;
  /** The commit that is deployed. */
  readonly commit: string;
  /** For a program that is to find this Compose: the process's own, with DOCKER_CONFIG. */
  readonly environment: NodeJS.ProcessEnv;
  /** Runs Compose in the directory and gives its output; throws when it fails. */
  compose(...words: readonly string[]): string;
  /** Runs SQL in the container and gives bare rows, columns apart by `|`. */
  psql(sql: string, database?: string): string;
  /** Id of a service's container. */
  container(service: string): string;
  /** Comes back when all four services are up and the app is scraped. */
  healthy(): Promise<void>;
  /** Removes containers (one-off ones too), networks and volumes, whatever the files say by now. */
  stop(): void;
}

/** What was started is removed when the start fails. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { directory, name } = options;
  const ports = await freePorts();
  const postgresImage = options.postgres === "busybox" ? IMAGES.postgresBusybox : IMAGES.postgres;
  const password = writeProject({ directory, name, ports, postgresImage });
  options.change?.(directory);
  const commit = commitProject(directory);
  const dockerConfig = mkdtempSync(join(tmpdir(), "restore-drill-docker-"));
  writeDockerConfig(dockerConfig, options.compose);
  const environment = { ...process.env, DOCKER_CONFIG: dockerConfig };

  const run = (program: string, words: readonly string[], input = ""): string =>
    execFileSync(program, words, {
      cwd: directory,
      env: environment,
      encoding: "utf8",
      input,
      stdio: "pipe",
      maxBuffer: 64 * 1024 * 1024,
    });
  const { flags = [] } = options;
  const [program, ...first] = COMPOSE_COMMANDS[options.compose];
  const compose = (...words: readonly string[]) => run(program, [...first, ...flags, ...words]);
  const container = (service: string) => compose("ps", "-q", service).trim();
  const psql = (sql: string, database = "ringrift") =>
    run("docker", ["exec", "-i", container("postgres"), ...PSQL, database], sql).trim();
  const isHealthy = (service: string) => {
    const words = ["inspect", "--format", "{{.State.Health.Status}}", container(service)];
    return run("docker", words).trim() === "healthy";
  };

  const stack: Stack = {
    directory,
    name,
    ports,
    password,
    commit,
    environment,
    compose,
    psql,
    container,
    async healthy() {
      await until("postgres to be healthy", () => isHealthy("postgres"));
      await until("the app to be healthy", () => isHealthy("app"));
      await until("Alertmanager", () => answers(ports.alertmanager, "/-/ready"));
      await until("Prometheus to see the app", () => sees(ports.prometheus, 'up{job="ringrift"}'));
    },
    stop() {
      removeAll(name);
      rmSync(dockerConfig, { recursive: true, force: true });
    },
  };

  try {
    compose("up", "-d", "postgres");
    await until("postgres to be healthy", () => isHealthy("postgres"));
    psql(seedSql(options.moreGames ?? 0));
    psql("VACUUM ANALYZE");
    compose("up", "-d");
    await stack.healthy();
    return stack;
  } catch (error) {
    stack.stop();
    throw error;
  }
}

const PSQL = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-U", "ringrift", "-d"];

async function answers(port: number, path: string): Promise<boolean> {
  return (await fetch(`http://127.0.0.1:${port}${path}`)).ok;
}

/** Whether the query's first value is 1. */
async function sees(port: number, query: string): Promise<boolean> {
  const address = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`;
  return /"value":\[[\d.]+,"1"\]/.test(await (await fetch(address)).text());
}
