/** The Azure drill, with the real az, a fake of the Resource Manager API, and real servers behind it. */
import { describe, expect, it } from "vitest";
import { postgres15Available } from "../helpers/postgres15.ts";
import { useAzureLab } from "./azure-lab.ts";
import { said } from "./lab-drill.ts";
import { cliAvailable } from "./real-cli.ts";

const az = cliAvailable("az", ["version"]);

describe.runIf(postgres15Available && az)("the Azure drill", () => {
  const lab = useAzureLab();

  it("says what it makes and costs before anything runs", async () => {
    const { exit, stdout } = await lab.drill("--dry-run");
    expect(exit).toBe(0);
    expect(stdout).toContain("az rest --method put");
    expect(stdout).toContain("costs: compute hours and storage, until it is deleted");
    expect(lab.cloud.asked).toEqual([]);
  });

  it("restores a point in time, proves it and deletes the server", async () => {
    const done = await lab.drill();
    expect(done.exit, said(done)).toBe(0);
    lab.nothingLeft();
    expect(lab.cloud.asked).toContain("DELETE server");
    expect(JSON.stringify(lab.entry())).toContain("Recovery point (RPO)");
    expect(said(done)).not.toContain("pw-of-shop");
    expect(lab.entry()).toMatchObject({
      verdict: "passed",
      proof: { verdict: "equal", tables: 2, rows: 250 },
      measurements: { restoreSeconds: expect.any(Number) },
    });
  });

  it("stops in another subscription", async () => {
    const other = "AZURE_SUBSCRIPTION=00000000-0000-0000-0000-000000000000";
    const done = await lab.drill("--set", other);
    expect(done.exit).toBe(1);
    expect(said(done)).toContain("az is set to subscription 11111111-2222-3333-4444-555555555555");
    expect(lab.cloud.asked).toEqual([]);
  });

  it("does not delete a server without the drill's tag", async () => {
    lab.cloud.faults = { tags: { team: "shop" } };
    const done = await lab.drill();
    expect(done.exit).toBe(1);
    expect(said(done)).toContain("is not deleted: its tag restore-drill is not there");
    expect(lab.cloud.asked).not.toContain("DELETE server");
    expect(lab.cloud.servers.size).toBe(2);
  });
});
