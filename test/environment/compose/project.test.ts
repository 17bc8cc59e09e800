/** Finding Compose and reading what it says of a project, without Docker. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { findCompose, globalOptions } from "../../../source/environment/compose/command.ts";
import { daemonProblem } from "../../../source/environment/compose/docker.ts";
import { parseResolved, parseUnresolved } from "../../../source/environment/compose/resolved.ts";
import { must, problemOf } from "../../helpers/results.ts";

afterEach(() => vi.unstubAllEnvs());

test("its options are what an operator would type in the project's directory", () => {
  const config = {
    project: "/srv/the game",
    files: ["/srv/the game/compose.yml", "/etc/extra.yml", "/srv/the game/-odd.yml"],
    envFile: "/srv/the game/staging.env",
    projectName: "game",
    profiles: ["db", "app"],
  };
  expect(globalOptions(config)).toEqual([
    ...["-f", "compose.yml", "-f", "/etc/extra.yml", "-f", "./-odd.yml"],
    ...["--env-file", "staging.env", "-p", "game", "--profile", "db", "--profile", "app"],
  ]);
});

test.each([
  [undefined, /neither `docker compose` nor `docker-compose` is there/],
  ["v1" as const, /`docker-compose` is not installed/],
  ["v2" as const, /`docker compose` is not installed/],
])("a host without it is told apart (asked for: %s)", async (compose, message) => {
  const empty = mkdtempSync(join(tmpdir(), "restore-drill-path-"));
  try {
    vi.stubEnv("PATH", empty);
    const config = { project: empty, files: [], ...(compose === undefined ? {} : { compose }) };
    const problem = problemOf(await findCompose(config, new AbortController().signal));
    expect(problem).toMatchObject({ code: "unusable", message: expect.stringMatching(message) });
    expect(problem.hint).toBeDefined();
  } finally {
    rmSync(empty, { recursive: true });
  }
});

test.each([
  [
    "Got permission denied while trying to connect to the Docker daemon socket at unix:///x",
    /refuses this user/,
  ],
  [
    "docker.errors.DockerException: ... PermissionError(13, 'Permission denied')",
    /refuses this user/,
  ],
  [
    "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?",
    /does not answer/,
  ],
  [
    "ERROR: Couldn't connect to Docker daemon at http+docker://localhost - is it running?",
    /does not answer/,
  ],
])("the daemon's own trouble is recognised: %s", (said, message) => {
  expect(daemonProblem({ stderr: [said] })?.message).toMatch(message);
  expect(daemonProblem({ stderr: ["No such service: x"] })).toBeUndefined();
});

describe("what `config` prints", () => {
  const server = {
    image: "postgres:15",
    builds: false,
    environment: { POSTGRES_PASSWORD: "pa$$word", EMPTY: "" },
    binds: [{ source: "/srv/the game/backups", target: "/backups" }],
    ports: [{ container: 5432, published: 5433 }, { container: 5434 }],
    exposed: [9187],
    dependsOn: ["init"],
    profiles: ["db"],
  };

  test("is understood from v1", () => {
    const text = `
services:
  postgres:
    depends_on: { init: { condition: service_started } }
    environment: { POSTGRES_PASSWORD: "pa$$$$word", EMPTY: null }
    expose: ['9187']
    image: postgres:15
    ports: ["127.0.0.1:5433:5432/tcp", { target: 5434 }, "53:53/udp", "8000-8001:9000-9001"]
    profiles: [db]
    volumes: ["/srv/the game/backups:/backups:rw", "data:/var/lib/postgresql/data:rw"]
version: '3.9'
`;
    expect(must(parseResolved(text))).toEqual({ services: { postgres: server } });
  });

  test("is understood from v2", () => {
    const text = `
name: game
services:
  postgres:
    depends_on: { init: { condition: service_started, required: true } }
    environment: { POSTGRES_PASSWORD: "pa$$$$word", EMPTY: "" }
    expose: ["9187"]
    image: postgres:15
    ports:
      - { mode: ingress, host_ip: 127.0.0.1, target: 5432, published: "5433", protocol: tcp }
      - { mode: ingress, target: 5434, protocol: tcp }
      - { target: 53, published: "53", protocol: udp }
    profiles: [db]
    volumes:
      - { type: bind, source: "/srv/the game/backups", target: /backups, bind: { create_host_path: true } }
      - { type: volume, source: data, target: /var/lib/postgresql/data, volume: {} }
`;
    expect(must(parseResolved(text))).toEqual({ name: "game", services: { postgres: server } });
  });

  test("is refused without a word of it when it is something else", () => {
    const problem = problemOf(parseResolved("services: [s3cret]"));
    expect(JSON.stringify(problem)).not.toContain("s3cret");
  });
});

test("a file as it is written has its variables and relative paths filled in", () => {
  const text = `
services:
  db:
    image: postgres:\${TAG:-15}
    environment: ["POSTGRES_PASSWORD", "POSTGRES_DB=\${DB}"]
    volumes: ["./backups:/backups", "data:/data"]
`;
  const place = { directory: "/srv", env: { POSTGRES_PASSWORD: "x", DB: "game" } };
  expect(parseUnresolved(text, place)?.services.db).toMatchObject({
    image: "postgres:15",
    environment: { POSTGRES_PASSWORD: "x", POSTGRES_DB: "game" },
    binds: [{ source: "/srv/backups", target: "/backups" }],
  });
  expect(parseUnresolved("services: [::", place)).toBeUndefined();
});
