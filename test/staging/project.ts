/** Writes the checkout of the game as an operator has it on the staging host. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PROJECT_FILES } from "../../source/practice/project/files.ts";

const OWN_FILES = fileURLToPath(new URL("project", import.meta.url));

/** What the practice project has alike; its Compose file, monitoring and their checks are a sketch. */
const SHARED = /^(package\.json|prisma\/.*|scripts\/(?!validate-).*)$/;

/** Ports of the host, all on the loopback address. */
export interface Ports {
  readonly postgres: number;
  readonly app: number;
  readonly prometheus: number;
  readonly alertmanager: number;
}

export interface ProjectChoices {
  readonly directory: string;
  readonly name: string;
  readonly ports: Ports;
  readonly postgresImage: string;
}

/** Gives the password that it put into `.env`. */
export function writeProject(choices: ProjectChoices): string {
  const { directory, name, ports, postgresImage } = choices;
  for (const [path, text] of Object.entries(PROJECT_FILES)) {
    if (!SHARED.test(path)) continue;
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    if (path.endsWith(".sh")) chmodSync(file, 0o755);
  }
  cpSync(OWN_FILES, directory, { recursive: true });
  const password = randomBytes(12).toString("hex");
  const variables = {
    COMPOSE_PROJECT_NAME: name,
    DB_PASSWORD: password,
    DB_PORT: ports.postgres,
    APP_PORT: ports.app,
    PROMETHEUS_PORT: ports.prometheus,
    ALERTMANAGER_PORT: ports.alertmanager,
    POSTGRES_IMAGE: postgresImage,
  };
  const lines = Object.entries(variables).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(join(directory, ".env"), lines.join(""), { mode: 0o600 });
  return password;
}

/** Gives the commit, with a clean tree. */
export function commitProject(directory: string): string {
  const git = (...words: readonly string[]): string =>
    execFileSync("git", ["-C", directory, ...words], { encoding: "utf8" }).trim();
  git("init", "--quiet", "--initial-branch=main");
  git("config", "user.name", "Staging");
  git("config", "user.email", "staging@ringrift.example");
  git("add", "--all");
  git("commit", "--quiet", "--message", "Deploy RingRift to staging");
  return git("rev-parse", "HEAD");
}

export async function freePorts(): Promise<Ports> {
  const servers = await Promise.all(Array.from({ length: 4 }, holdPort));
  const [postgres = 0, app = 0, prometheus = 0, alertmanager = 0] = servers.map(({ port }) => port);
  await Promise.all(servers.map(({ release }) => release()));
  return { postgres, app, prometheus, alertmanager };
}

interface HeldPort {
  readonly port: number;
  release(): Promise<void>;
}

function holdPort(): Promise<HeldPort> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      resolve({ port, release: () => new Promise((done) => server.close(() => done())) });
    });
  });
}
