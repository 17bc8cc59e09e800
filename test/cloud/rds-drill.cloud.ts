/** The RDS drill, with the real AWS CLI, a fake of RDS's API, and real servers behind it. */
import { describe, expect, it } from "vitest";
import { postgres15Available } from "../helpers/postgres15.ts";
import { ACCOUNT, awsAvailable } from "./fake-rds.ts";
import { said } from "./lab-drill.ts";
import { useRdsLab } from "./rds-lab.ts";

describe.runIf(postgres15Available && awsAvailable)("the RDS drill", () => {
  const lab = useRdsLab();
  it("says what it makes and costs before anything runs", async () => {
    const { exit, stdout } = await lab.drill("--dry-run");
    expect(exit).toBe(0);
    expect(stdout).toContain("aws rds create-db-snapshot");
    expect(stdout).toContain("aws rds restore-db-instance-from-db-snapshot");
    expect(stdout).toContain("costs: instance hours and storage, until it is deleted");
    expect(lab.rds.calls).toEqual([]);
  });

  it("takes a snapshot, restores it, proves it and deletes both", async () => {
    const done = await lab.drill();
    expect(done.exit, said(done)).toBe(0);
    lab.nothingLeft();
    expect(said(done)).not.toContain("fake-secret-key");
    expect(said(done)).not.toContain("pw-of-shop");
    expect(lab.entry()).toMatchObject({
      verdict: "passed",
      proof: { verdict: "equal", tables: 2, rows: 250 },
      measurements: { restoreSeconds: expect.any(Number) },
    });
  });

  it("stops in another account", async () => {
    lab.rds.faults = { account: "999999999999" };
    const done = await lab.drill();
    expect(done.exit).toBe(1);
    expect(said(done)).toContain(`speaks for account 999999999999, not for ${ACCOUNT}`);
    expect(lab.rds.calls).toEqual(["GetCallerIdentity"]);
  });

  it("does not delete an instance that carries somebody else's tag", async () => {
    lab.rds.faults = { tag: "drill-of-somebody-else" };
    const done = await lab.drill();
    expect(done.exit).toBe(1);
    expect(said(done)).toContain("is not deleted: its tag restore-drill is");
    expect(lab.rds.calls).not.toContain("DeleteDBInstance");
    expect(lab.rds.instances.size).toBe(2);
  });
});
