import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { chooseEnvironment } from "../../source/environment/choose.ts";
import { type Environments, loadEnvironments } from "../../source/environment/config.ts";
import { must } from "../helpers/results.ts";

function direct(): string {
  return `environments:\n  local:\n    target: direct\n    host: db\n    user: u\n    database: d\n`;
}

describe("finding the file", () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "restore-drill-config-"));
    mkdirSync(join(home, "a", "b"), { recursive: true });
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  async function load(cwd: string, file?: string): Promise<Environments> {
    const result = await loadEnvironments({
      cwd,
      env: {},
      ...(file === undefined ? {} : { file }),
    });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return result.value;
  }

  test("the nearest one upward wins, and --config over that", async () => {
    writeFileSync(join(home, "restore-drill.yaml"), direct().replace("local", "far"));
    writeFileSync(join(home, "other.yaml"), direct().replace("local", "given"));
    expect((await load(join(home, "a", "b"))).default).toBe("far");
    writeFileSync(join(home, "a", "restore-drill.yaml"), direct().replace("local", "near"));
    expect((await load(join(home, "a", "b"))).default).toBe("near");
    expect((await load(join(home, "a"), "../other.yaml")).default).toBe("given");
  });

  test("without one there is practice, and the operator's own default", async () => {
    const environments = await load(join(home, "a", "b"));
    expect(environments.path).toBeUndefined();
    expect(must(chooseEnvironment({ environments })).target).toBe("practice");
  });

  test("one that is named but not there is a problem", async () => {
    const result = await loadEnvironments({ cwd: home, file: "nope.yaml", env: {} });
    expect(result).toMatchObject({
      ok: false,
      problems: [{ code: "invalid", where: join(home, "nope.yaml") }],
    });
  });

  test("a Compose project with a Postgres is detected and offered", async () => {
    writeFileSync(join(home, "docker-compose.yml"), COMPOSE);
    writeFileSync(join(home, ".env"), "DB_NAME='ring rift' # the game\n");
    const environments = await load(home);
    expect(environments.default).toBe("practice");
    expect(must(chooseEnvironment({ environments, name: "compose" }))).toEqual({
      name: "compose",
      target: "compose",
      production: false,
      project: home,
      files: [],
      service: "postgres",
      user: "ringrift",
      database: "ring rift",
      password: "password",
      backups: { host: join(home, "backups"), container: "/backups" },
    });
  });

  test("a Compose project without one is not, nor is what is no Compose file", async () => {
    writeFileSync(join(home, "compose.yaml"), "services: { web: { image: nginx } }");
    expect((await load(home)).offered.map(({ name }) => name)).toEqual(["practice"]);
    writeFileSync(join(home, "compose.yaml"), "services: [::");
    expect((await load(home)).offered.map(({ name }) => name)).toEqual(["practice"]);
  });
});

const COMPOSE = `
x-common: &common
  restart: unless-stopped
services:
  cache: { image: postgres-exporter:1 }
  postgres:
    <<: *common
    image: docker.io/library/postgres:15-alpine
    environment:
      - POSTGRES_DB=\${DB_NAME:-ringrift}
      - POSTGRES_USER=ringrift
      - POSTGRES_PASSWORD=\${DB_PASSWORD:-password}
    ports: ["5432:5432"]
    volumes:
      - data:/var/lib/postgresql/data
      - ./backups:/backups:rw
volumes: { data: {} }
`;
