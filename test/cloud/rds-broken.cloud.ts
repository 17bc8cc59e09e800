/** Everything that an RDS drill can meet with; takes minutes, as the CLI and its waits do. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/cli.ts";
import { postgres15Available } from "../helpers/postgres15.ts";
import { awsAvailable, SOURCE } from "./fake-rds.ts";
import {
  binWithoutCli,
  forge,
  killedOnce,
  leavesNothingAbandoned,
  namesTheForgedRow,
  said,
} from "./lab-drill.ts";
import { useRdsLab } from "./rds-lab.ts";

describe.runIf(postgres15Available && awsAvailable)("the RDS drill", () => {
  const lab = useRdsLab();

  it("restores a point in time and tells the recovery point", async () => {
    const done = await lab.drill("--set", "RESTORE_FROM=point-in-time");
    expect(done.exit, said(done)).toBe(0);
    expect(lab.rds.calls).toContain("RestoreDBInstanceToPointInTime");
    expect(lab.rds.calls).not.toContain("CreateDBSnapshot");
    expect(JSON.stringify(lab.entry())).toContain("of work, if the instance were lost now");
    expect(lab.entry()).toMatchObject({
      verdict: "passed",
      proof: { verdict: "equal", rows: 250 },
    });
    lab.nothingLeft();
  });

  it("waits for a point after the first reading, and counts that as work that would be lost", async () => {
    // The first look is that of rds/source.
    lab.rds.faults = { behind: 3 };
    const pitr = ["--set", "RESTORE_FROM=point-in-time"];
    const done = await lab.drill(...pitr, "--set", "RECOVERY_POINT_OBJECTIVE=2h");
    expect(done.exit, said(done)).toBe(0);
    expect(JSON.stringify(lab.entry())).toMatch(/1 h[^"]* of work, if the instance were lost now/);
    lab.rds.faults = { behind: 99 };
    const late = await lab.drill(
      ...pitr,
      "--set",
      "RECOVERY_POINT_OBJECTIVE=2h",
      "--set",
      "POINT_LIMIT=2s",
    );
    expect(late.exit).toBe(1);
    expect(said(late)).toContain("did not get there within 2.00 s");
    lab.rds.faults = { behind: 2 };
    const much = await lab.drill(...pitr, "--set", "RECOVERY_POINT_OBJECTIVE=10m");
    expect(much.exit).toBe(1);
    expect(said(much)).toContain("and no more than 10m may be");
    lab.nothingLeft();
  });

  it("picks the latest snapshot, says that it is older than the readings, and leaves it", async () => {
    lab.rds.takeSnapshot("nightly");
    const done = await lab.drill("--set", "SNAPSHOT=latest");
    expect(done.exit, said(done)).toBe(0);
    expect(JSON.stringify(lab.entry())).toContain("what changed since then shows as a difference");
    expect([...lab.rds.instances.keys()]).toEqual([SOURCE]);
    expect([...lab.rds.snapshots.keys()]).toEqual(["nightly"]);
  });

  it("names a table that changed meanwhile as not proven, and proves the others", async () => {
    lab.rds.faults = {
      afterSnapshot: () => void lab.source.psql("INSERT INTO moves (game) VALUES (1)", "shop"),
    };
    const done = await lab.drill();
    expect(done.exit, said(done)).toBe(0);
    expect(lab.entry()).toMatchObject({
      proof: {
        verdict: "equal",
        tables: 1,
        rows: 200,
        notCovered: expect.arrayContaining([
          expect.stringMatching(/changed between the two readings.*public\.moves/),
        ]),
      },
    });
    lab.source.psql("DELETE FROM moves WHERE id > 50; SELECT setval('moves_id_seq', 50)", "shop");
  });

  it.each([
    ["ExpiredToken", "the credentials have expired"],
    ["AccessDenied", "it is not allowed"],
    ["InvalidClientTokenId", "the credentials are not accepted"],
  ])("stops at %s before anything is made", async (code, told) => {
    lab.rds.faults = { refuse: { GetCallerIdentity: [code, "no"] } };
    const done = await lab.drill();
    expect(done.exit).toBe(1);
    expect(said(done)).toContain(told);
    expect(new Set(lab.rds.calls)).toEqual(new Set(["GetCallerIdentity"]));
  });

  it("stops without the CLI, and with an old one", async () => {
    const bin = binWithoutCli(lab.home);
    const none = await runCli(lab.words(), lab.options({ PATH: bin }));
    const old = "#!/bin/sh\necho aws-cli/1.16.1 Python/2.7.16 botocore/1.12\n";
    writeFileSync(join(bin, "aws"), old, { mode: 0o755 });
    const tooOld = await runCli(lab.words(), lab.options({ PATH: `${bin}:${process.env.PATH}` }));
    expect(said(tooOld)).toContain("aws-cli/1.16.1 is too old");
    expect(said(none)).toContain("The AWS CLI cannot be run");
    expect([tooOld.exit, none.exit]).toEqual([1, 1]);
    expect(lab.rds.calls).toEqual([]);
  });

  it("tells of throttling that outlasts the CLI's own retries", async () => {
    // The CLI's own retry gets over the first.
    lab.rds.faults = { throttle: { action: "CreateDBSnapshot", times: 3 } };
    const much = await lab.drill();
    expect(much.exit).toBe(1);
    expect(said(much)).toContain("the provider throttles");
    lab.nothingLeft();
  });

  it("goes on waiting while the provider throttles", async () => {
    lab.rds.faults = { throttle: { action: "DescribeDBSnapshots", times: 3 } };
    const done = await lab.drill();
    expect(done.exit, said(done)).toBe(0);
    expect(lab.rds.faults.throttle?.times).toBe(0);
    lab.nothingLeft();
  });

  it("gives up on a snapshot that never becomes available, and deletes it", async () => {
    lab.rds.faults = { snapshotStaysAt: "creating" };
    const done = await lab.drill("--set", "WAIT_LIMIT=2s");
    expect(done.exit).toBe(1);
    expect(said(done)).toContain("the last that was heard: creating, 37 %");
    lab.nothingLeft();
  });

  it("notices an instance that fails, and deletes it", async () => {
    lab.rds.faults = { instanceStaysAt: "incompatible-restore" };
    const done = await lab.drill();
    expect(done.exit).toBe(1);
    expect(said(done)).toContain("its status is incompatible-restore");
    lab.nothingLeft();
  });

  it("runs a command of the project against the restored instance, not the source", async () => {
    lab.rds.faults = {
      tamper: (restored) => void restored.psql("DELETE FROM games WHERE id = 1", "shop"),
    };
    const place = `region: eu-central-1, endpoint: "${lab.rds.url}"`;
    writeFileSync(
      join(lab.home, "copy.yaml"),
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
              command: ${lab.source.bin}/psql -XAtc "SELECT count(*) FROM games" "$DATABASE_URL"
              says: "199"
`,
    );
    const done = await runCli([join(lab.home, "copy.yaml"), "--headless"], lab.options());
    expect(done.exit, said(done)).toBe(0);
    // No step deletes them: the end of the drill does.
    lab.nothingLeft();
  });

  it("refuses an instance that is not the one it connects to", async () => {
    const done = await runCli(
      lab
        .words()
        .map((word) => (word === `RDS_INSTANCE=${SOURCE}` ? "RDS_INSTANCE=other-db" : word)),
      lab.options(),
    );
    expect(done.exit).toBe(1);
    expect(said(done)).toContain("There is no RDS instance other-db");
    lab.nothingLeft();
  });

  it("names a row that differs in the restored instance", async () => {
    lab.rds.faults = { tamper: forge };
    await namesTheForgedRow(lab);
  });

  it("is abandoned while the source does not answer, and owes nothing then", async () => {
    lab.rds.faults = { instanceStaysAt: "modifying" };
    const id = await killedOnce(lab, () => lab.rds.instances.size === 2);
    const config = join(lab.home, "restore-drill.yaml");
    const there = readFileSync(config, "utf8");
    writeFileSync(config, there.replace(/port: \d+/, "port: 1"));
    const resumed = await runCli(["resume", id, "--headless"], lab.options());
    expect(resumed.exit).toBe(4);
    const abandoned = await runCli(["abandon", id], lab.options());
    expect(said(abandoned)).toContain("The source does not answer");
    expect(abandoned.exit, said(abandoned)).toBe(0);
    lab.nothingLeft();
    expect(lab.entry()).toMatchObject({ verdict: "aborted", cleanup: expect.any(Array) });
  });

  it("leaves nothing after kill -9 in the middle and abandon", async () => {
    lab.rds.faults = { instanceStaysAt: "modifying" };
    const drill = await killedOnce(lab, () => lab.rds.instances.size === 2);
    await leavesNothingAbandoned(lab, drill);
  });
});
