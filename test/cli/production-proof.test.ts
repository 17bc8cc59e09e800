/** The restored instance of a production drill is proven by the tool where its host can reach it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { newHome, runCli } from "../helpers/cli.ts";
import {
  baseBackup15,
  type Postgres15,
  postgres15Available,
  startCopy15,
  startPostgres15,
  startStandby15,
} from "../helpers/postgres15.ts";

const ANSWERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ticket: { CHANGE_TICKET: "CHG-1", change_window: "Monday" },
  "name-approver": { APPROVER: "Kim Bee" },
  incident: { incident_contact: "Sam", incident_reference: "#incidents" },
  "choose-backup": { BACKUP_ID: "b-1", BACKUP_TIME: "2026-11-22T02:31:00Z", rpo: "5 minutes" },
  "restore-blue-green": { instance_evidence: "request 7", restore_took: "11 minutes" },
  isolated: { isolation_evidence: "rule 12" },
  "access-granted": { access_granted: "role drill" },
  "reapply-deletions": { deletion_evidence: "run 88", deletions_open: "0" },
  "reapply-anonymisation": { anonymisation_evidence: "run 89" },
  "app-smoke": { smoke_evidence: "game 4711" },
  "delete-instance": { deletion_of_instance: "request 9" },
  "revoke-access": { revocation_evidence: "audit 3" },
  "close-ticket": { ticket_comment: "comment 2" },
};

describe.runIf(postgres15Available)("the proof of a production restore drill", () => {
  let source: Postgres15;
  let copy: Postgres15;
  let home: string;

  beforeAll(async () => {
    source = await startPostgres15({ hba: ["host replication all 127.0.0.1/32 scram-sha-256"] });
    source.createRole("shop", "pw-of-shop");
    source.createDatabase("shop", "shop");
    source.psql(
      "SET ROLE shop; CREATE TABLE games AS SELECT n AS id FROM generate_series(1, 90) n",
      "shop",
    );
    copy = await startCopy15(baseBackup15(source));
  });
  afterAll(async () => {
    await copy?.stop();
    await source?.stop();
  });
  beforeEach(async () => {
    home = await newHome();
    const place = `host: ${source.host}, port: ${source.port}, user: shop, database: shop`;
    writeFileSync(
      join(home, "restore-drill.yaml"),
      `default: live\nenvironments:\n  live: { target: direct, production: true, ${place}, password: "\${PW}", backups: { host: ./backups } }\n`,
    );
  });

  const entry = (): unknown =>
    JSON.parse(readFileSync(join(home, "log.jsonl"), "utf8").trim().split("\n").at(-1) ?? "");

  function drillAt(host: string, port: number) {
    const where = { RESTORED_HOST: host, RESTORED_PORT: String(port) };
    const answers = Object.fromEntries(
      Object.entries({ ...ANSWERS, where }).map(([step, values]) => [step, { done: true, values }]),
    );
    const file = join(home, "answers.yaml");
    writeFileSync(file, JSON.stringify({ operator: "Robin", answers }));
    const words = ["production-restore", "--headless", "--answers", file];
    return runCli(words, { home, env: { PW: "pw-of-shop" } });
  }

  it("compares the instance with two readings of the primary, and says so in the record", async () => {
    const done = await drillAt(copy.host, copy.port);
    expect(done.exit, done.stdout + done.stderr).toBe(0);
    expect(entry()).toMatchObject({
      ...{ verdict: "passed", approver: "Kim Bee", approval: "required" },
      proof: { verdict: "equal", tables: 1, rows: 90 },
    });
    // The backup is older than the readings, and that is told.
    expect(JSON.stringify(entry())).toContain("what changed since then shows as a difference");
    expect(JSON.stringify(entry()) + done.stdout).not.toContain("pw-of-shop");
  });

  it("refuses the primary itself, under another name, too", async () => {
    for (const host of [source.host, "localhost"]) {
      const done = await drillAt(host, source.port);
      expect(done.exit, host).toBe(1);
      expect(done.stdout).toContain("is the primary itself");
      expect(entry()).toMatchObject({ verdict: "failed", proof: null });
    }
  });

  it("refuses a standby, which is no restored instance", async () => {
    const standby = await startStandby15(source);
    onTestFinished(() => standby.stop());
    const done = await drillAt(standby.host, standby.port);
    expect(done.exit).toBe(1);
    expect(done.stdout).toContain("still follows another: it is a standby");
    expect(entry()).toMatchObject({ verdict: "failed", proof: null });
  });

  it("fails where nobody answers, and where a row differs", async () => {
    const nobody = await drillAt("127.0.0.1", 1);
    expect(nobody.exit).toBe(1);
    expect(entry()).toMatchObject({ verdict: "failed", proof: null });
    copy.psql("UPDATE games SET id = 1000 WHERE id = 7", "shop");
    const differs = await drillAt(copy.host, copy.port);
    expect(differs.exit).toBe(1);
    expect(entry()).toMatchObject({ verdict: "failed", proof: { verdict: "different" } });
  });
});
