/** Each provider's checklist with an app and migrations: both work with the new instance only. */
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { stepStatuses } from "../helpers/entry-steps.ts";
import { postgres15Available } from "../helpers/postgres15.ts";
import { alive } from "../helpers/step-world.ts";
import { useAzureLab } from "./azure-lab.ts";
import { useCloudSqlLab } from "./cloud-sql-lab.ts";
import { awsAvailable } from "./fake-rds.ts";
import type { Lab } from "./lab-drill.ts";
import { MIGRATIONS_SQL, seenByApp, writeLabProject } from "./lab-project.ts";
import { useRdsLab } from "./rds-lab.ts";
import { cliAvailable } from "./real-cli.ts";

const az = cliAvailable("az", ["version"]);

describe.runIf(postgres15Available)("an app and migrations", () => {
  describe.runIf(awsAvailable)("on RDS", () => worksOn(useRdsLab()));
  describe("on Cloud SQL", () => worksOn(useCloudSqlLab()));
  describe.runIf(az)("on Azure", () => worksOn(useAzureLab()));
});

function worksOn(lab: Lab): void {
  beforeAll(() => {
    lab.source.psql(`SET ROLE shop; ${MIGRATIONS_SQL}`, "shop");
  });
  beforeEach(() => writeLabProject(lab.home, lab.source));

  it("are tried with the new instance, and the app is stopped before that is deleted", async () => {
    const done = await lab.drill("--set", "APP_PORT=0");
    const text = done.stdout + done.stderr;
    expect(done.exit, text).toBe(0);
    expect(stepStatuses(lab.entry())).toMatchObject({
      ...{ "restored-migrations": "passed", "migrate-status": "passed" },
      ...{ "app-start": "passed", "app-health": "passed", "app-ready": "passed" },
    });
    const { games, pid } = seenByApp(lab.home);
    expect(games).toBe(201);
    expect(lab.source.psql("SELECT count(*) FROM games", "shop").trim()).toBe("200");
    expect(alive(pid)).toBe(false);
    lab.nothingLeft();
    const entry = JSON.stringify(lab.entry());
    expect(entry).toContain("DATABASE_URL=••••");
    expect(entry).toMatch(/on database shop at [^"]*:\d+/);
    expect(entry + text).not.toContain("pw-of-shop");
  });
}
