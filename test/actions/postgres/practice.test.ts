import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inspectAction } from "../../../source/actions/backup/inspect.ts";
import { backupAction } from "../../../source/actions/postgres/backup.ts";
import { createRestoreDatabaseAction } from "../../../source/actions/postgres/create-restore-database.ts";
import { dropRestoreDatabaseAction } from "../../../source/actions/postgres/drop-restore-database.ts";
import { healthAction } from "../../../source/actions/postgres/health.ts";
import { proveAction } from "../../../source/actions/postgres/prove.ts";
import { restoreAction } from "../../../source/actions/postgres/restore.ts";
import { tablesMatchAction } from "../../../source/actions/postgres/tables-match.ts";
import type { Target } from "../../../source/environment/target.ts";
import { openPracticeTarget } from "../../../source/environment/targets/practice.ts";
import { must } from "../../helpers/results.ts";
import { record } from "./support.ts";

/** The embedded PostgreSQL 18 with the built-in dump: needs nothing on the machine. */
describe("a drill's Postgres actions in the practice environment", () => {
  const home = mkdtempSync(join(tmpdir(), "restore-drill-practice-actions-"));
  let target: Target;

  beforeAll(async () => {
    target = must(
      await openPracticeTarget({
        line: () => {},
        signal: new AbortController().signal,
        backupDirectory: join(home, "backups"),
      }),
    );
  });
  afterAll(async () => {
    await target?.close();
    rmSync(home, { recursive: true, force: true });
  });

  it("go from health to a dropped restore database", async () => {
    const database = "ringrift_restore_drill";
    const run = record(target);
    const { context } = run;
    expect(await backupAction.preflight?.({ format: "plain", prefix: "b_" }, context)).toEqual([]);
    expect(await createRestoreDatabaseAction.preflight?.({ database }, context)).toEqual([]);

    expect(await healthAction.run({}, context)).toMatchObject({
      ok: true,
      values: { SERVER_VERSION: expect.stringMatching(/^18\./u) },
    });
    const backup = await backupAction.run({ format: "plain", prefix: "b_" }, context);
    expect(backup).toMatchObject({ ok: true });
    const file = backup.values?.BACKUP_FILE ?? "";
    expect(await inspectAction.run({ file }, context)).toMatchObject({ ok: true });
    expect(await createRestoreDatabaseAction.run({ database }, context)).toMatchObject({
      ok: true,
    });
    expect(await restoreAction.run({ file, database }, context)).toMatchObject({ ok: true });
    expect(await tablesMatchAction.run({ database }, context)).toMatchObject({ ok: true });
    const proven = await proveAction.run({ file, database }, context);
    expect(proven).toMatchObject({ ok: true, proof: { verdict: "equal" } });
    expect(proven.proof?.rows).toBeGreaterThan(100);
    expect(await dropRestoreDatabaseAction.run({ database }, context)).toMatchObject({ ok: true });
    expect(context.resources).toEqual([]);
    expect(existsSync(file)).toBe(true);
  });
});
