/** What an Azure drill can meet with, through the real az; takes minutes, as its waits do. */
import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/cli.ts";
import { postgres15Available } from "../helpers/postgres15.ts";
import { useAzureLab } from "./azure-lab.ts";
import { forge, killedOnce, leavesNothingAbandoned, namesTheForgedRow, said } from "./lab-drill.ts";
import { cliAvailable } from "./real-cli.ts";

const az = cliAvailable("az", ["version"]);

describe.runIf(postgres15Available && az)("the Azure drill", () => {
  const lab = useAzureLab();

  it.each([
    [401, "ExpiredAuthenticationToken", "the credentials have expired"],
    [403, "AuthorizationFailed", "it is not allowed"],
  ])("stops at %i %s before anything is made", async (status, code, told) => {
    lab.cloud.faults = { refuse: { "GET server": { status, code, message: "Refused." } } };
    const done = await lab.drill();
    expect(done.exit).toBe(1);
    expect(said(done)).toContain(told);
    expect(lab.cloud.asked).not.toContain("PUT server");
    lab.nothingLeft();
  });

  it("stops without a login", async () => {
    const done = await lab.drillWith({ AZURE_CONFIG_DIR: lab.emptyDirectory() });
    expect(done.exit).toBe(1);
    expect(said(done)).toContain("there are no credentials");
    expect(lab.cloud.asked).toEqual([]);
  });

  it("stops without the CLI, and with an old one", async () => {
    const none = await lab.drillWith(lab.pathWith());
    expect(said(none)).toContain("The Azure CLI cannot be run");
    const old = await lab.drillWith(lab.pathWith(`#!/bin/sh\necho '{"azure-cli": "2.30.0"}'\n`));
    expect(said(old)).toContain("az 2.30.0 is too old");
    expect([none.exit, old.exit]).toEqual([1, 1]);
  });

  it("refuses a server that is not there", async () => {
    const done = await lab.drill("--set", "AZURE_SERVER=other-db");
    expect(done.exit).toBe(1);
    expect(said(done)).toContain("There is no flexible server other-db");
    lab.nothingLeft();
  });

  it("gives up where no backup is ever complete", async () => {
    lab.cloud.faults = { withoutBackups: true };
    const done = await lab.drill("--set", "POINT_LIMIT=2s");
    expect(done.exit).toBe(1);
    expect(said(done)).toContain("the last that was heard: none is complete yet");
    expect(lab.cloud.asked).not.toContain("PUT server");
    lab.nothingLeft();
  });

  it("waits until the point can be restored, and measures how long that took", async () => {
    const refusal = {
      status: 400,
      code: "InvalidParameterValue",
      message: "The point in time is later than the latest restorable one.",
    };
    lab.cloud.faults = { passing: { call: "PUT server", refusal, times: 2 } };
    const done = await lab.drill("--set", "RECOVERY_POINT_OBJECTIVE=1s");
    expect(done.exit).toBe(1);
    expect(said(done)).toContain("and no more than 1s may be");
    expect(lab.cloud.faults.passing?.times).toBe(0);
    lab.nothingLeft();
  });

  it("tells of a quota that is used up", async () => {
    const quota = { status: 400, code: "QuotaExceeded", message: "No cores are left." };
    lab.cloud.faults = { refuse: { "PUT server": quota } };
    const done = await lab.drill();
    expect(done.exit).toBe(1);
    expect(said(done)).toContain("a quota or the provider's capacity is used up");
    lab.nothingLeft();
  });

  it("goes on waiting while the provider throttles", async () => {
    const refusal = { status: 429, code: "TooManyRequests", message: "Slow down." };
    // az tries four times by itself; the fifth refusal meets a second look.
    lab.cloud.faults = { passing: { call: "GET backups", refusal, times: 5 } };
    const done = await lab.drill();
    expect(done.exit, said(done)).toBe(0);
    expect(lab.cloud.faults.passing?.times).toBe(0);
    lab.nothingLeft();
  });

  it("notices a server that fails, and one that never gets there, and deletes them", async () => {
    lab.cloud.faults = { serverStaysAt: "Disabled" };
    const failed = await lab.drill();
    expect(failed.exit).toBe(1);
    expect(said(failed)).toContain("did not come up: it is in state Disabled");
    lab.nothingLeft();
    lab.cloud.faults = { serverStaysAt: "Provisioning" };
    const slow = await lab.drill("--set", "WAIT_LIMIT=2s");
    expect(slow.exit).toBe(1);
    expect(said(slow)).toContain("the last that was heard: Provisioning");
    lab.nothingLeft();
  });

  it("asks again to delete a server that is busy", async () => {
    const refusal = { status: 409, code: "ServerIsBusy", message: "Server is busy." };
    lab.cloud.faults = { passing: { call: "DELETE server", refusal, times: 1 } };
    const done = await lab.drill();
    expect(done.exit, said(done)).toBe(0);
    expect(lab.cloud.faults.passing?.times).toBe(0);
    lab.nothingLeft();
  });

  it("names a row that differs in the restored server", async () => {
    lab.cloud.faults = { tamper: forge };
    await namesTheForgedRow(lab);
  });

  it("leaves nothing after kill -9 in the middle and abandon", async () => {
    lab.cloud.faults = { serverStaysAt: "Provisioning" };
    const drill = await killedOnce(lab, () => lab.cloud.servers.size === 2);
    await leavesNothingAbandoned(lab, drill);
  });

  it("does not take a server that is not listed yet for gone", async () => {
    lab.cloud.faults = { serverStaysAt: "Provisioning" };
    const drill = await killedOnce(lab, () => lab.cloud.servers.size === 2);
    lab.cloud.faults = { serverStaysAt: "Provisioning", hidden: 2 };
    const abandoned = await runCli(["abandon", drill], lab.options());
    expect(abandoned.exit, said(abandoned)).toBe(0);
    expect(lab.cloud.asked).toContain("DELETE server");
    lab.nothingLeft();
  });
});
