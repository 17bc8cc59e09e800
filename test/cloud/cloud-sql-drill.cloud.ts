/** The Cloud SQL drill, with a stand-in of gcloud and real servers behind it. */
import { describe, expect, it } from "vitest";
import { postgres15Available } from "../helpers/postgres15.ts";
import { useCloudSqlLab } from "./cloud-sql-lab.ts";
import { PROJECT } from "./fake-cloud-sql.ts";
import { said } from "./lab-drill.ts";

describe.runIf(postgres15Available)("the Cloud SQL drill", () => {
  const lab = useCloudSqlLab();

  it("says what it makes and costs before anything runs", async () => {
    const { exit, stdout } = await lab.drill("--dry-run");
    expect(exit).toBe(0);
    expect(stdout).toContain("gcloud sql backups create");
    expect(stdout).toContain("gcloud beta sql instances create");
    expect(stdout).toContain("costs: instance hours and storage, until it is deleted");
    expect(lab.cli.asked).toEqual([]);
  });

  it("takes a backup, restores it, proves it and deletes both", async () => {
    const done = await lab.drill();
    expect(done.exit, said(done)).toBe(0);
    lab.nothingLeft();
    expect(lab.cli.asked).toContain("sql instances delete");
    expect(said(done)).not.toContain("pw-of-shop");
    expect(lab.entry()).toMatchObject({
      verdict: "passed",
      proof: { verdict: "equal", tables: 2, rows: 250 },
      measurements: { restoreSeconds: expect.any(Number) },
    });
  });

  it("stops in another project", async () => {
    lab.gcloud = { project: "shop-production" };
    const done = await lab.drill();
    expect(done.exit).toBe(1);
    expect(said(done)).toContain(`gcloud is set to project shop-production, not to ${PROJECT}`);
    expect(lab.cli.asked).toEqual(["version", "auth list", "config get-value"]);
  });

  it("does not delete an instance that carries somebody else's label", async () => {
    lab.cloud.faults = { label: "drill-of-somebody-else" };
    const done = await lab.drill();
    expect(done.exit).toBe(1);
    expect(said(done)).toContain("is not deleted: its tag restore-drill is");
    expect(lab.cli.asked).not.toContain("sql instances delete");
    expect(lab.cloud.instances.size).toBe(2);
  });
});
