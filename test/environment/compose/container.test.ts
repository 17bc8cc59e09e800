/** A container as Docker describes it: its mounts, its ports, its free space. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type ContainerFacts,
  parseInspect,
} from "../../../source/environment/compose/container.ts";
import { pathInContainer, sharedDirectory } from "../../../source/environment/compose/mount.ts";
import { waysTo } from "../../../source/environment/compose/reach.ts";
import { availableOf } from "../../../source/environment/compose/space.ts";
import { must, problemOf } from "../../helpers/results.ts";

function inspected(changes: Readonly<Record<string, unknown>> = {}): ContainerFacts {
  const container = {
    Id: "b42c",
    Name: "/game_db_1",
    State: { Status: "running", StartedAt: "2026-01-01T00:00:00Z", Health: { Status: "healthy" } },
    Config: { Image: "postgres:15", Env: ["PGDATA=/data", "POSTGRES_PASSWORD=a=b"] },
    Mounts: [],
    NetworkSettings: {
      Ports: {
        "5432/tcp": [
          { HostIp: "0.0.0.0", HostPort: "5433" },
          { HostIp: "::", HostPort: "5433" },
        ],
        "9187/tcp": null,
        "53/udp": [{ HostIp: "0.0.0.0", HostPort: "53" }],
      },
      Networks: { none: { IPAddress: "" }, game_default: { IPAddress: "172.18.0.2" } },
    },
    ...changes,
  };
  return must(parseInspect(JSON.stringify([container]), "db"));
}

test("the container's facts are read", () => {
  expect(inspected()).toMatchObject({
    id: "b42c",
    name: "game_db_1",
    service: "db",
    state: "running",
    health: "healthy",
    environment: { PGDATA: "/data", POSTGRES_PASSWORD: "a=b" },
    address: "172.18.0.2",
  });
  problemOf(parseInspect("[]", "db"));
  problemOf(parseInspect("no JSON", "db"));
});

test("the published port comes before the container's address", () => {
  const login = { user: "u" };
  const places = (container: ContainerFacts) =>
    waysTo(container, login).map(({ host, port }) => `${host} ${port}`);
  expect(places(inspected())).toEqual(["127.0.0.1 5433", "::1 5433", "172.18.0.2 5432"]);
  const bound = { Ports: { "5432/tcp": [{ HostIp: "10.0.0.7", HostPort: "1" }] }, Networks: {} };
  expect(places(inspected({ NetworkSettings: bound }))).toEqual(["10.0.0.7 1"]);
  const own = { Config: { Image: "x", Env: ["PGPORT=6000"] } };
  expect(places(inspected(own))).toEqual(["172.18.0.2 6000"]);
});

describe("the mount", () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "restore-drill-mount-"));
    mkdirSync(join(home, "backups"));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  const bind = (source: string, changes: Readonly<Record<string, unknown>> = {}) =>
    inspected({
      Mounts: [
        { Type: "volume", Source: "/var/lib/docker/x", Destination: "/", RW: true },
        { Type: "bind", Source: source, Destination: "/backups", RW: true, ...changes },
      ],
    });
  const wanted = () => ({ host: join(home, "backups"), container: "/backups/" });

  test("is one directory with two names", async () => {
    const shared = must(await sharedDirectory(bind(join(home, "backups")), wanted()));
    const file = join(home, "backups", "a b.sql");
    expect(pathInContainer(shared, file)).toBe("/backups/a b.sql");
    expect(pathInContainer(shared, join(home, "other.sql"))).toBeUndefined();
    expect(pathInContainer(shared, `${join(home, "backups")}-old/x`)).toBeUndefined();
  });

  test("is followed through a symbolic link, and below its top", async () => {
    symlinkSync(join(home, "backups"), join(home, "link"));
    const link = { host: join(home, "link"), container: "/backups" };
    const shared = must(await sharedDirectory(bind(join(home, "backups")), link));
    expect(pathInContainer(shared, join(home, "link", "x"))).toBe("/backups/x");
    expect(pathInContainer(shared, join(home, "backups", "x"))).toBe("/backups/x");
    mkdirSync(join(home, "backups", "pg"));
    const below = { host: join(home, "backups", "pg"), container: "/backups/pg" };
    const nested = must(await sharedDirectory(bind(join(home, "backups")), below));
    expect(pathInContainer(nested, join(home, "backups", "pg", "x"))).toBe("/backups/pg/x");
  });

  test.each([
    ["another directory", () => bind("/elsewhere"), /is "\/elsewhere" on this host/],
    ["a named volume", () => bind("x", { Type: "volume" }), /is a volume/],
    ["read-only", () => bind(join(home, "backups"), { RW: false }), /mounted read-only/],
    ["not there", () => inspected(), /nothing mounted at "\/backups"/],
  ])("is refused when it is %s", async (_what, container, message) => {
    const problem = problemOf(await sharedDirectory(container(), wanted()));
    expect(problem).toMatchObject({ code: "unusable", message: expect.stringMatching(message) });
    expect(problem.hint).toBeDefined();
  });
});

test("free space is read from df, whatever the names", () => {
  const head = "Filesystem 1024-blocks Used Available Capacity Mounted on\n";
  expect(availableOf(`${head}/dev/vda 264212084 44348948 62041964 42% /backups`)).toBe(
    62041964 * 1024,
  );
  expect(availableOf(`${head}my 5% disk 100 200 -7 99% /a b`)).toBe(0);
  expect(availableOf("df: /x: No such file or directory")).toBeUndefined();
});
