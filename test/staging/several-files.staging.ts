/** An ordinary user of the group docker, and a project of several files, with all of Compose's flags. */
import { execFileSync, spawn } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { BESIDES } from "./drilling.ts";
import { type Stack, startStack } from "./stack.ts";
import { backupFolder, leaves, lookAt, quietPrimary } from "./traces.ts";

/** nobody: ssh-keygen wants a user who has a name. */
const USER = 65_534;

describe.each(["v1", "v2"] as const)("a project of several files, by Compose %s", (version) => {
  const home = mkdtempSync(join(tmpdir(), "restore-drill-staging-"));
  const directory = join(home, "opt ring rift");
  const name = `staging-files-${version}-${process.pid}`;
  let stack: Stack;

  beforeAll(async () => {
    const change = () => split(directory, name, version);
    stack = await startStack({ directory, name, compose: version, change, flags: flags(name) });
    quietPrimary(stack);
    installTool(home);
    giveAway(home, stack.environment.DOCKER_CONFIG ?? "");
  });

  afterAll(() => {
    stack?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it("is drilled by a user who is not root, whose the backup then is", async () => {
    const before = lookAt(stack);
    const { exit, said } = await drillAsUser(home, stack);
    expect(exit, said).toBe(0);
    expect(said).toContain("Verdict: passed");
    await leaves(stack, before);
    const backups = readdirSync(backupFolder(stack)).filter((file) => !file.startsWith("."));
    expect(backups.length).toBeGreaterThanOrEqual(2);
    for (const file of backups) {
      expect(statSync(join(backupFolder(stack), file)), file).toMatchObject({ uid: USER });
    }
  });
});

function flags(name: string): readonly string[] {
  const files = ["-f", "base.yml", "-f", "rest.yml"];
  return ["--project-name", name, "--env-file", "deploy.env", "--profile", "rest", ...files];
}

/** The database in one file, all else in another and under a profile; no name is found by itself. */
function split(directory: string, name: string, version: "v1" | "v2"): void {
  const whole = join(directory, "docker-compose.yml");
  const { services, volumes } = parse(readFileSync(whole, "utf8"));
  const { postgres, ...others } = services;
  const profiles = { profiles: ["rest"] };
  const rest = Object.entries(others as Record<string, object>).map(
    ([service, one]) => [service, { ...one, ...profiles }] as const,
  );
  writeFileSync(join(directory, "base.yml"), stringify({ services: { postgres }, volumes }));
  writeFileSync(join(directory, "rest.yml"), stringify({ services: Object.fromEntries(rest) }));
  rmSync(whole);
  const variables = readFileSync(join(directory, ".env"), "utf8");
  writeFileSync(join(directory, ".env"), variables.replace(/^COMPOSE_PROJECT_NAME=.*\n/mu, ""));
  renameSync(join(directory, ".env"), join(directory, "deploy.env"));
  appendFileSync(join(directory, ".gitignore"), "deploy.env\n");
  const staging = {
    ...{ target: "compose", project: ".", files: ["base.yml", "rest.yml"], compose: version },
    ...{ envFile: "deploy.env", projectName: name, profiles: ["rest"] },
    ...{ service: "postgres", database: "ringrift", user: "ringrift" },
    ...{ backups: { host: "./backups", container: "/backups" } },
    ...{
      app: { service: "app", port: 3000 },
      migrations: { tool: "prisma", directory: "prisma/migrations" },
    },
    monitoring: {
      prometheus: `http://localhost:${/^PROMETHEUS_PORT=(\d+)$/mu.exec(variables)?.[1]}`,
    },
  };
  const configuration = { default: "staging", environments: { staging } };
  writeFileSync(join(directory, "restore-drill.yaml"), stringify(configuration));
}

/** Where every user can read it; a checkout may lie in root's home. */
function installTool(home: string): void {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  for (const part of ["dist", "checklists", "package.json"]) {
    cpSync(join(root, part), join(home, "tool", part), { recursive: true });
  }
  mkdirSync(join(home, "tool/bin"));
  cpSync(process.execPath, join(home, "tool/bin/node"));
  mkdirSync(join(home, "own"));
}

function giveAway(home: string, dockerConfig: string): void {
  chmodSync(home, 0o755);
  cpSync(dockerConfig, join(home, "docker"), { recursive: true, dereference: true });
  execFileSync("chown", ["--recursive", `${USER}:${USER}`, home]);
}

async function drillAsUser(home: string, stack: Stack) {
  const skips = BESIDES.flatMap((step) => ["--skip", `${step}=not now`]);
  const words = ["--headless", "--operator", "Robin", "--skip", "play=not now", ...skips];
  const tool = join(home, "tool");
  const child = spawn(join(tool, "bin/node"), [join(tool, "dist/restore-drill.js"), ...words], {
    ...{ cwd: stack.directory, uid: USER, gid: statSync("/var/run/docker.sock").gid },
    env: {
      PATH: `${join(tool, "bin")}:/usr/local/bin:/usr/bin:/bin`,
      HOME: join(home, "own"),
      DOCKER_CONFIG: join(home, "docker"),
      RESTORE_DRILL_HOME: join(home, "own/drills"),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  const exit = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { exit, said };
}
