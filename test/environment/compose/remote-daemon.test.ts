/** Whose daemon it is, by DOCKER_HOST and by the contexts of the real Docker client. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { findCompose } from "../../../source/environment/compose/command.ts";
import { remoteDaemon } from "../../../source/environment/compose/remote-daemon.ts";
import { problemOf } from "../../helpers/results.ts";

afterEach(() => void vi.unstubAllEnvs());

test.each(["tcp://10.1.2.3:2376", "ssh://deploy@db1", "tcp://localhost.example.com:2376"])(
  "a daemon on another host is not taken for this one's (%s)",
  async (host) => {
    vi.stubEnv("DOCKER_HOST", host);
    const config = { project: tmpdir(), files: [] };
    const problem = problemOf(await findCompose(config, new AbortController().signal));
    expect(problem).toMatchObject({ code: "unusable", message: expect.stringContaining(host) });
    expect(problem.hint).toContain("Run the drill on that host");
  },
);

test.each(["", "unix:///run/docker.sock", "tcp://127.0.0.1:2375", "tcp://localhost:2375"])(
  "a daemon on this host is (%j)",
  async (DOCKER_HOST) => {
    const { signal } = new AbortController();
    // Without DOCKER_HOST, its own context file decides; none is here.
    const env = { DOCKER_HOST, DOCKER_CONFIG: "/nowhere" };
    expect(await remoteDaemon(env, signal)).toBeUndefined();
  },
);

const missing = spawnSync("docker", ["context", "ls"]).status !== 0;
if (missing) console.warn("WARNING: no Docker client here, so its contexts are not tested.");

describe.skipIf(missing)("a Docker context", () => {
  const DOCKER_CONFIG = mkdtempSync(join(tmpdir(), "restore-drill-contexts-"));
  const env = { DOCKER_CONFIG };
  const { signal } = new AbortController();
  const docker = (...words: readonly string[]) =>
    execFileSync("docker", ["--config", DOCKER_CONFIG, ...words], { stdio: "pipe" });

  beforeAll(() => {
    vi.stubEnv("DOCKER_CONFIG", DOCKER_CONFIG);
    docker("context", "create", "elsewhere", "--docker", "host=ssh://deploy@db1");
    docker("context", "create", "here", "--docker", "host=unix:///run/docker.sock");
    return () => rmSync(DOCKER_CONFIG, { recursive: true });
  });

  const asked = (more: NodeJS.ProcessEnv = {}) => {
    vi.stubEnv("DOCKER_CONFIG", DOCKER_CONFIG);
    return remoteDaemon({ ...env, ...more }, signal);
  };

  test("of another host is not taken for this one's, named or chosen", async () => {
    const told = {
      code: "unusable",
      message: expect.stringMatching(
        /^Docker context elsewhere is ssh:\/\/deploy@db1: .* another host/,
      ),
      hint: expect.stringContaining("docker context use default"),
    };
    expect(await asked({ DOCKER_CONTEXT: "elsewhere" })).toMatchObject(told);
    docker("context", "use", "elsewhere");
    expect(await asked()).toMatchObject(told);
    expect(await asked({ DOCKER_CONTEXT: "here" })).toBeUndefined();
    expect(await asked({ DOCKER_HOST: "unix:///run/docker.sock" })).toBeUndefined();
  });

  test("of this host is; of one that is not there Compose itself tells", async () => {
    docker("context", "use", "here");
    expect(await asked()).toBeUndefined();
    expect(await asked({ DOCKER_CONTEXT: "default" })).toBeUndefined();
    expect(await asked({ DOCKER_CONTEXT: "no-such" })).toBeUndefined();
  });
});
