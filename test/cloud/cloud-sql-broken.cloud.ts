/** What a Cloud SQL drill can meet with; takes minutes, as its waits do. */
import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/cli.ts";
import { postgres15Available } from "../helpers/postgres15.ts";
import { useCloudSqlLab } from "./cloud-sql-lab.ts";
import { SOURCE } from "./fake-cloud-sql.ts";
import {
  binWithoutCli,
  forge,
  killedOnce,
  leavesNothingAbandoned,
  namesTheForgedRow,
  said,
} from "./lab-drill.ts";

describe.runIf(postgres15Available)("the Cloud SQL drill", () => {
  const lab = useCloudSqlLab();

  it.each([
    ["There was a problem refreshing your current auth tokens: invalid_grant", "have expired"],
    ["You do not currently have an active account selected.", "there are no credentials"],
  ])("stops at %s before anything is made", async (message, told) => {
    lab.gcloud = { says: { "sql instances describe": message } };
    const done = await lab.drill();
    expect(done.exit).toBe(1);
    expect(said(done)).toContain(told);
    expect(lab.cli.asked.at(-1)).toBe("sql instances describe");
    lab.nothingLeft();
  });

  it.each([
    [401, "Invalid Credentials", "the credentials are not accepted"],
    [403, "The client is not authorized to make this request.", "it is not allowed"],
    [429, "Quota exceeded for quota metric 'Queries'.", "the provider throttles"],
  ])("stops at %i before anything is made", async (status, message, told) => {
    lab.cloud.faults = { refuse: { "instances.get": { status, message } } };
    const done = await lab.drill();
    expect(done.exit).toBe(1);
    expect(said(done)).toContain(told);
    expect(lab.cloud.asked).not.toContain("backupRuns.insert");
    lab.nothingLeft();
  });

  it("refuses gcloud without an account or a project", async () => {
    lab.gcloud = { account: "none" };
    expect(said(await lab.drill())).toContain("gcloud has no active account");
    lab.gcloud = { project: "" };
    expect(said(await lab.drill())).toContain("gcloud is set to no project, not to shop-staging-1");
    expect(lab.cloud.asked).toEqual([]);
  });

  it("does not take an instance that is kept from it for gone", async () => {
    lab.cloud.faults = { instanceStaysAt: "PENDING_CREATE" };
    const drill = await killedOnce(lab, () => lab.cloud.instances.size === 2);
    lab.cloud.faults = { refuse: { "instances.get": { status: 403, message: "Not authorized." } } };
    const refused = await runCli(["abandon", drill], lab.options());
    expect(refused.exit).not.toBe(0);
    expect(said(refused)).toContain("it is not allowed");
    expect(lab.cloud.instances.size).toBe(2);
    lab.cloud.faults = {};
    const abandoned = await runCli(["abandon", drill], lab.options());
    expect(abandoned.exit, said(abandoned)).toBe(0);
    lab.nothingLeft();
  });

  it("stops without the CLI, and with an old one", async () => {
    lab.gcloud = { version: "400.0.0" };
    const tooOld = await lab.drill();
    expect(said(tooOld)).toContain("gcloud 400.0.0 is too old");
    const none = await lab.drillWith({ PATH: binWithoutCli(lab.home) });
    expect(said(none)).toContain("The gcloud CLI cannot be run");
    expect([tooOld.exit, none.exit]).toEqual([1, 1]);
    expect(lab.cli.asked).toEqual(["version"]);
  });

  it("refuses an instance that is not there", async () => {
    const done = await lab.drill("--set", "CLOUDSQL_INSTANCE=other-db");
    expect(done.exit).toBe(1);
    expect(said(done)).toContain("There is no Cloud SQL instance other-db");
    lab.nothingLeft();
  });

  it("tells of a quota that is used up, and deletes the backup", async () => {
    const quota = { status: 403, message: "quotaExceeded: instances per project" };
    lab.cloud.faults = { refuse: { "instances.insert": quota } };
    const done = await lab.drill();
    expect(done.exit).toBe(1);
    expect(said(done)).toContain("a quota or the provider's capacity is used up");
    expect(lab.cloud.asked).toContain("backupRuns.delete");
    lab.nothingLeft();
  });

  it("goes on waiting while the provider throttles", async () => {
    lab.cloud.faults = { throttle: { call: "operations.get", times: 2 } };
    const done = await lab.drill();
    expect(done.exit, said(done)).toBe(0);
    expect(lab.cloud.faults.throttle?.times).toBe(0);
    lab.nothingLeft();
  });

  it("gives up on a backup that never becomes complete, and deletes it", async () => {
    lab.cloud.faults = { backupStaysAt: "RUNNING" };
    const done = await lab.drill("--set", "WAIT_LIMIT=2s");
    expect(done.exit).toBe(1);
    expect(said(done)).toContain("the last that was heard: RUNNING");
    lab.nothingLeft();
  });

  it("notices an instance that fails, and a restore that does, and deletes what is there", async () => {
    lab.cloud.faults = { instanceStaysAt: "FAILED" };
    const failed = await lab.drill();
    expect(failed.exit).toBe(1);
    expect(said(failed)).toContain("its state is FAILED");
    lab.nothingLeft();
    lab.cloud.faults = { restoreFails: "storage is full" };
    const restore = await lab.drill();
    expect(restore.exit).toBe(1);
    expect(said(restore)).toContain("INTERNAL_ERROR storage is full");
    lab.nothingLeft();
  });

  it("leaves a backup that it only picked", async () => {
    lab.cloud.takeBackup("nightly");
    const done = await lab.drill("--set", "BACKUP=latest");
    expect(done.exit, said(done)).toBe(0);
    expect([...lab.cloud.instances.keys()]).toEqual([SOURCE]);
    expect([...lab.cloud.backups.values()].map(({ description }) => description)).toEqual([
      "nightly",
    ]);
  });

  it("names a row that differs in the restored instance", async () => {
    lab.cloud.faults = { tamper: forge };
    await namesTheForgedRow(lab);
  });

  it("leaves nothing after kill -9 in the middle and abandon", async () => {
    lab.cloud.faults = { instanceStaysAt: "PENDING_CREATE" };
    const drill = await killedOnce(lab, () => lab.cloud.instances.size === 2);
    await leavesNothingAbandoned(lab, drill);
  });
});
