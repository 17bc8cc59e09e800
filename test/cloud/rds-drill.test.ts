/** The RDS drill, with the real AWS CLI, a fake of RDS's API, and real servers behind it. */
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CliOutcome, newHome, runCli, startCli } from "../helpers/cli.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../helpers/postgres15.ts";
import { ACCOUNT, awsAvailable, type FakeRds, SOURCE, startFakeRds } from "./fake-rds.ts";

const SCHEMA = `
  CREATE TABLE games (id int PRIMARY KEY, name text);
  INSERT INTO games SELECT n, 'game ' || n FROM generate_series(1, 200) n;
  CREATE TABLE moves (id bigserial PRIMARY KEY, game int);
  INSERT INTO moves (game) SELECT n FROM generate_series(1, 50) n;
`;

describe.runIf(postgres15Available && awsAvailable)("the RDS drill", () => {
  let source: Postgres15;
  let rds: FakeRds;
  let home: string;

  beforeAll(async () => {
    source = await startPostgres15({
      hba: ["host replication all 127.0.0.1/32 scram-sha-256"],
    });
    source.createRole("shop", "pw-of-shop");
    source.createDatabase("shop", "shop");
    source.psql(`SET ROLE shop; ${SCHEMA}`, "shop");
  });
  beforeEach(async () => {
    rds = await startFakeRds(source);
    home = await newHome();
    const place = `host: ${source.host}, port: ${source.port}, user: shop, database: shop`;
    writeFileSync(
      join(home, "restore-drill.yaml"),
      `default: local\nenvironments:\n  local: { target: direct, ${place}, password: "\${PW}", backups: { host: ./backups } }\n`,
    );
  });
  afterEach(() => rds.close());
  afterAll(() => source?.stop());

  const options = (env: Readonly<Record<string, string>> = {}) => ({
    home,
    env: {
      PW: "pw-of-shop",
      AWS_ACCESS_KEY_ID: "AKIAFAKE",
      AWS_SECRET_ACCESS_KEY: "fake-secret-key",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_MAX_ATTEMPTS: "2",
      ...env,
    },
  });
  const words = (...more: readonly string[]) => [
    ...["rds-snapshot-restore", "--headless", "--set", `AWS_ACCOUNT=${ACCOUNT}`],
    ...["--set", `RDS_INSTANCE=${SOURCE}`, "--set", "RDS_REGION=eu-central-1"],
    ...["--set", `RDS_ENDPOINT=${rds.url}`, ...more],
  ];
  const drill = (...more: readonly string[]) => runCli(words(...more), options());
  const entry = (): unknown =>
    JSON.parse(readFileSync(join(home, "log.jsonl"), "utf8").trim().split("\n").at(-1) ?? "");
  const said = ({ stdout, stderr }: CliOutcome) => stdout + stderr;
  /** Only the source is left, and no snapshot. */
  const nothingLeft = () => {
    expect([...rds.instances.keys()]).toEqual([SOURCE]);
    expect([...rds.snapshots.keys()]).toEqual([]);
  };
  const idIn = (text: string) => /drill-\d{8}-\d{6}-\w+/.exec(text)?.[0] ?? "";

  it("says what it makes and costs before anything runs", async () => {
    const { exit, stdout } = await drill("--dry-run");
    expect(exit).toBe(0);
    expect(stdout).toContain("aws rds create-db-snapshot");
    expect(stdout).toContain("aws rds restore-db-instance-from-db-snapshot");
    expect(stdout).toContain("costs: instance hours and storage, until it is deleted");
    expect(rds.calls).toEqual([]);
  });

  it("takes a snapshot, restores it, proves it and deletes both", async () => {
    const done = await drill();
    expect(done.exit, said(done)).toBe(0);
    nothingLeft();
    expect(said(done)).not.toContain("fake-secret-key");
    expect(said(done)).not.toContain("pw-of-shop");
    expect(entry()).toMatchObject({
      verdict: "passed",
      proof: { verdict: "equal", tables: 2, rows: 250 },
      measurements: { restoreSeconds: expect.any(Number) },
    });
  });

  it("restores a point in time and tells the recovery point", async () => {
    const done = await drill("--set", "RESTORE_FROM=point-in-time");
    expect(done.exit, said(done)).toBe(0);
    expect(rds.calls).toContain("RestoreDBInstanceToPointInTime");
    expect(rds.calls).not.toContain("CreateDBSnapshot");
    expect(JSON.stringify(entry())).toContain("of work, if the instance were lost now");
    expect(entry()).toMatchObject({ verdict: "passed", proof: { verdict: "equal", rows: 250 } });
    nothingLeft();
  });

  it("waits for a point after the first reading, and counts that as work that would be lost", async () => {
    // The first look is that of rds/source.
    rds.faults = { behind: 3 };
    const pitr = ["--set", "RESTORE_FROM=point-in-time"];
    const done = await drill(...pitr, "--set", "RECOVERY_POINT_OBJECTIVE=2h");
    expect(done.exit, said(done)).toBe(0);
    expect(JSON.stringify(entry())).toMatch(/1 h[^"]* of work, if the instance were lost now/);
    rds.faults = { behind: 99 };
    const late = await drill(
      ...pitr,
      "--set",
      "RECOVERY_POINT_OBJECTIVE=2h",
      "--set",
      "POINT_LIMIT=2s",
    );
    expect(late.exit).toBe(1);
    expect(said(late)).toContain("did not get there within 2.00 s");
    rds.faults = { behind: 2 };
    const much = await drill(...pitr, "--set", "RECOVERY_POINT_OBJECTIVE=10m");
    expect(much.exit).toBe(1);
    expect(said(much)).toContain("and no more than 10m may be");
    nothingLeft();
  });

  it("picks the latest snapshot, says that it is older than the readings, and leaves it", async () => {
    rds.takeSnapshot("nightly");
    const done = await drill("--set", "SNAPSHOT=latest");
    expect(done.exit, said(done)).toBe(0);
    expect(JSON.stringify(entry())).toContain("what changed since then shows as a difference");
    expect([...rds.instances.keys()]).toEqual([SOURCE]);
    expect([...rds.snapshots.keys()]).toEqual(["nightly"]);
  });

  it("names a row that differs in the restored instance", async () => {
    rds.faults = {
      tamper: (restored) =>
        void restored.psql("UPDATE games SET name = 'forged' WHERE id = 7", "shop"),
    };
    const done = await drill();
    expect(done.exit, said(done)).toBe(1);
    expect(said(done)).toContain("public.games row (7)");
    expect(entry()).toMatchObject({ verdict: "failed", proof: { verdict: "different" } });
    nothingLeft();
  });

  it("names a table that changed meanwhile as not proven, and proves the others", async () => {
    rds.faults = {
      afterSnapshot: () => void source.psql("INSERT INTO moves (game) VALUES (1)", "shop"),
    };
    const done = await drill();
    expect(done.exit, said(done)).toBe(0);
    expect(entry()).toMatchObject({
      proof: {
        verdict: "equal",
        tables: 1,
        rows: 200,
        notCovered: expect.arrayContaining([
          expect.stringMatching(/changed between the two readings.*public\.moves/),
        ]),
      },
    });
    source.psql("DELETE FROM moves WHERE id > 50; SELECT setval('moves_id_seq', 50)", "shop");
  });

  it.each([
    ["ExpiredToken", "the credentials have expired"],
    ["AccessDenied", "it is not allowed"],
    ["InvalidClientTokenId", "the credentials are not accepted"],
  ])("stops at %s before anything is made", async (code, told) => {
    rds.faults = { refuse: { GetCallerIdentity: [code, "no"] } };
    const done = await drill();
    expect(done.exit).toBe(1);
    expect(said(done)).toContain(told);
    expect(new Set(rds.calls)).toEqual(new Set(["GetCallerIdentity"]));
  });

  it("stops in another account", async () => {
    rds.faults = { account: "999999999999" };
    const done = await drill();
    expect(done.exit).toBe(1);
    expect(said(done)).toContain(`speaks for account 999999999999, not for ${ACCOUNT}`);
    expect(rds.calls).toEqual(["GetCallerIdentity"]);
  });

  it("stops without the CLI, and with an old one", async () => {
    const bin = join(home, "bin");
    mkdirSync(bin);
    const old = join(bin, "aws");
    writeFileSync(old, "#!/bin/sh\necho aws-cli/1.16.1 Python/2.7.16 botocore/1.12\n");
    chmodSync(old, 0o755);
    const tooOld = await runCli(words(), options({ PATH: `${bin}:${process.env.PATH}` }));
    expect(said(tooOld)).toContain("aws-cli/1.16.1 is too old");
    rmSync(old);
    for (const tool of ["bash", "sh", "ssh-keygen", "id"]) {
      symlinkSync(`/usr/bin/${tool}`, join(bin, tool));
    }
    const none = await runCli(words(), options({ PATH: bin }));
    expect(said(none)).toContain("The AWS CLI cannot be run");
    expect([tooOld.exit, none.exit]).toEqual([1, 1]);
    expect(rds.calls).toEqual([]);
  });

  it("tells of throttling that outlasts the CLI's own retries", async () => {
    // The CLI's own retry gets over the first.
    rds.faults = { throttle: { action: "CreateDBSnapshot", times: 3 } };
    const much = await drill();
    expect(much.exit).toBe(1);
    expect(said(much)).toContain("the provider throttles");
    nothingLeft();
  });

  it("goes on waiting while the provider throttles", async () => {
    rds.faults = { throttle: { action: "DescribeDBSnapshots", times: 3 } };
    const done = await drill();
    expect(done.exit, said(done)).toBe(0);
    expect(rds.faults.throttle?.times).toBe(0);
    nothingLeft();
  });

  it("gives up on a snapshot that never becomes available, and deletes it", async () => {
    rds.faults = { snapshotStaysAt: "creating" };
    const done = await drill("--set", "WAIT_LIMIT=2s");
    expect(done.exit).toBe(1);
    expect(said(done)).toContain("the last that was heard: creating, 37 %");
    nothingLeft();
  });

  it("notices an instance that fails, and deletes it", async () => {
    rds.faults = { instanceStaysAt: "incompatible-restore" };
    const done = await drill();
    expect(done.exit).toBe(1);
    expect(said(done)).toContain("its status is incompatible-restore");
    nothingLeft();
  });

  it("does not delete an instance that carries somebody else's tag", async () => {
    rds.faults = { tag: "drill-of-somebody-else" };
    const done = await drill();
    expect(done.exit).toBe(1);
    expect(said(done)).toContain("is not deleted: its tag restore-drill is");
    expect(rds.calls).not.toContain("DeleteDBInstance");
    expect(rds.instances.size).toBe(2);
  });

  it("runs a command of the project against the restored instance, not the source", async () => {
    rds.faults = {
      tamper: (restored) => void restored.psql("DELETE FROM games WHERE id = 1", "shop"),
    };
    const place = `region: eu-central-1, endpoint: "${rds.url}"`;
    writeFileSync(
      join(home, "copy.yaml"),
      `id: copy
title: Copy
sections:
  - title: Only
    items:
      - id: item
        title: Item
        steps:
          - { id: take, title: Take, uses: rds/snapshot, with: { instance: ${SOURCE}, ${place} } }
          - id: restore
            title: Restore
            uses: rds/restore
            with: { source: ${SOURCE}, snapshot: "\${SNAPSHOT_ID}", ${place} }
          - { id: wait, title: Wait, uses: rds/wait, with: { instance: "\${INSTANCE_ID}", ${place} } }
          - id: count
            title: Count
            uses: app/run
            with:
              database: shop
              host: "\${INSTANCE_HOST}"
              port: "\${INSTANCE_PORT}"
              command: ${source.bin}/psql -XAtc "SELECT count(*) FROM games" "$DATABASE_URL"
              says: "199"
`,
    );
    const done = await runCli([join(home, "copy.yaml"), "--headless"], options());
    expect(done.exit, said(done)).toBe(0);
    // No step deletes them: the end of the drill does.
    nothingLeft();
  });

  it("refuses an instance that is not the one it connects to", async () => {
    const done = await runCli(
      words().map((word) => (word === `RDS_INSTANCE=${SOURCE}` ? "RDS_INSTANCE=other-db" : word)),
      options(),
    );
    expect(done.exit).toBe(1);
    expect(said(done)).toContain("There is no RDS instance other-db");
    nothingLeft();
  });

  it("leaves nothing after kill -9 in the middle and abandon", async () => {
    rds.faults = { instanceStaysAt: "modifying" };
    const running = startCli(words(), options());
    await expect
      .poll(() => [...rds.instances.keys()].length, { timeout: 60_000, interval: 50 })
      .toBe(2);
    running.child.kill("SIGKILL");
    const killed = await running.ended;
    const abandoned = await runCli(["abandon", idIn(said(killed))], options());
    expect(abandoned.exit, said(abandoned)).toBe(0);
    nothingLeft();
    expect(entry()).toMatchObject({ verdict: "aborted" });
  });
});
