/** The Cloud SQL drill of a point in time: a clone, which carries no label before it is complete. */
import { describe, expect, it } from "vitest";
import { runCli, startCli } from "../helpers/cli.ts";
import { postgres15Available } from "../helpers/postgres15.ts";
import { useCloudSqlLab } from "./cloud-sql-lab.ts";
import { SOURCE } from "./fake-cloud-sql.ts";
import { killedOnce, said } from "./lab-drill.ts";

const POINT = ["--set", "RESTORE_FROM=point-in-time"];

describe.runIf(postgres15Available)("the Cloud SQL drill of a point in time", () => {
  const lab = useCloudSqlLab();

  it("tells the recovery point, clones, labels the clone, proves it and deletes it", async () => {
    const done = await lab.drill(...POINT);
    expect(done.exit, said(done)).toBe(0);
    const making = ["instances.clone", "instances.patch", "instances.delete"];
    expect(lab.cloud.asked.filter((call) => making.includes(call))).toEqual(making);
    expect(lab.cloud.asked).not.toContain("backupRuns.insert");
    expect(JSON.stringify(lab.entry())).toContain("of work, if the instance were lost now");
    expect(lab.entry()).toMatchObject({
      verdict: "passed",
      proof: { verdict: "equal", tables: 2, rows: 250 },
      measurements: { restoreSeconds: expect.any(Number) },
    });
    lab.nothingLeft();
  });

  it("waits for a point after the first reading, and counts that as work that would be lost", async () => {
    const objective = (limit: string) => ["--set", `RECOVERY_POINT_OBJECTIVE=${limit}`];
    lab.cloud.faults = { behind: 2 };
    const done = await lab.drill(...POINT, ...objective("2h"));
    expect(done.exit, said(done)).toBe(0);
    expect(JSON.stringify(lab.entry())).toMatch(/1 h[^"]* of work, if the instance were lost now/);
    lab.cloud.faults = { behind: 99 };
    const late = await lab.drill(...POINT, "--set", "POINT_LIMIT=2s");
    expect(late.exit).toBe(1);
    expect(said(late)).toContain("did not get there within 2.00 s");
    lab.cloud.faults = { behind: 2 };
    const much = await lab.drill(...POINT, ...objective("10m"));
    expect(much.exit).toBe(1);
    expect(said(much)).toContain("and no more than 10m may be");
    lab.nothingLeft();
  });

  it("stops before anything is made where there are no points, or the source is a drill's own", async () => {
    lab.cloud.faults = { withoutPoints: true };
    const none = await lab.drill(...POINT);
    expect(said(none)).toContain("its point-in-time recovery is off");
    lab.cloud.faults = {};
    lab.label(SOURCE, "drill-of-last-week");
    const copied = await lab.drill(...POINT);
    expect(said(copied)).toContain(`Instance ${SOURCE} carries a drill's label itself`);
    expect([none.exit, copied.exit]).toEqual([1, 1]);
    expect(lab.cloud.asked).not.toContain("instances.clone");
  });

  it("takes from the clone what would let it, or its backups, outlive the drill", async () => {
    const settings = { deletionProtectionEnabled: true, retainBackupsOnDelete: true };
    Object.assign(lab.cloud.instances.get(SOURCE) ?? {}, { settings });
    const done = await lab.drill(...POINT);
    expect(done.exit, said(done)).toBe(0);
    expect(lab.cloud.instances.get(SOURCE)?.settings).toEqual(settings);
    lab.nothingLeft();
  });

  it("notices a clone that fails, and deletes it", async () => {
    lab.cloud.faults = { restoreFails: "storage is full" };
    const done = await lab.drill(...POINT);
    expect(done.exit).toBe(1);
    expect(said(done)).toContain("INTERNAL_ERROR storage is full");
    expect(lab.cloud.asked).not.toContain("instances.patch");
    lab.nothingLeft();
  });

  it("neither proves nor deletes a clone that carries somebody else's label", async () => {
    lab.cloud.faults = { label: "drill-of-somebody-else" };
    const done = await lab.drill(...POINT);
    expect(done.exit).toBe(1);
    expect(said(done)).toContain("is not the clone that this drill asked for");
    expect(said(done)).toContain("is not deleted: its tag restore-drill is");
    expect(lab.cloud.asked).not.toContain("instances.delete");
    expect(lab.cloud.instances.size).toBe(2);
  });

  it("does not delete a clone whose label somebody took away again", async () => {
    const busy = { status: 409, message: "Another operation is in progress." };
    lab.cloud.faults = { refuse: { "instances.delete": busy } };
    const { asked, instances } = lab.cloud;
    const drill = await killedOnce(lab, () => asked.includes("instances.delete"), ...POINT);
    lab.cloud.faults = {};
    Object.assign(instances.get(`${drill}-restored`) ?? {}, { labels: {} });
    const abandoned = await runCli(["abandon", drill], lab.options());
    expect(abandoned.exit).not.toBe(0);
    expect(said(abandoned)).toContain("its tag restore-drill is not there");
    expect(instances.size).toBe(2);
  });

  describe("killed while its clone is made", () => {
    async function killed(): Promise<{ readonly drill: string; readonly complete: () => void }> {
      const { promise, resolve } = Promise.withResolvers<void>();
      lab.cloud.faults = { cloneWaitsFor: promise };
      const drill = await killedOnce(lab, () => lab.cloud.instances.size === 2, ...POINT);
      return { drill, complete: resolve };
    }
    const clone = (drill: string) => lab.cloud.instances.get(`${drill}-restored`);

    it("leaves nothing after abandon, which waits until the clone can be labelled", async () => {
      const { drill, complete } = await killed();
      expect(clone(drill)).toMatchObject({ state: "PENDING_CREATE", labels: {} });
      const abandoning = startCli(["abandon", drill], lab.options());
      const { asked } = lab.cloud;
      await expect.poll(() => asked.includes("instances.patch"), { timeout: 60_000 }).toBe(true);
      complete();
      const abandoned = await abandoning.ended;
      expect(abandoned.exit, said(abandoned)).toBe(0);
      expect(lab.entry()).toMatchObject({ verdict: "aborted" });
      lab.nothingLeft();
    });

    it("goes on with that clone when the drill is resumed", async () => {
      const { drill, complete } = await killed();
      complete();
      const resumed = await runCli(["resume", drill, "--headless"], lab.options());
      expect(resumed.exit, said(resumed)).toBe(0);
      expect(lab.cloud.asked.filter((call) => call === "instances.clone")).toHaveLength(1);
      expect(lab.entry()).toMatchObject({ verdict: "passed", proof: { verdict: "equal" } });
      lab.nothingLeft();
    });

    it("does not delete one of that name that was there before", async () => {
      const { drill, complete } = await killed();
      const made = new Date(Date.now() - 3_600_000).toISOString();
      Object.assign(clone(drill) ?? {}, { createTime: made });
      complete();
      await expect.poll(() => clone(drill)?.state).toBe("RUNNABLE");
      const abandoned = await runCli(["abandon", drill], lab.options());
      expect(abandoned.exit).not.toBe(0);
      expect(said(abandoned)).toContain("its tag restore-drill is not there");
      expect(lab.cloud.instances.size).toBe(2);
    });
  });
});
