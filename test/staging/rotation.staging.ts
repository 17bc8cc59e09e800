/** The combined drill on a stack: roles made through Compose, the app's container switched to them. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drill } from "./drilling.ts";
import { type Stack, startStack } from "./stack.ts";
import { backupFolder, leaves, lookAt, quietPrimary } from "./traces.ts";

describe("the combined drill on a stack", () => {
  const home = mkdtempSync(join(tmpdir(), "restore-drill-staging-"));
  let stack: Stack;

  beforeAll(async () => {
    const directory = join(home, "ringrift");
    stack = await startStack({ directory, name: `staging-rotation-${process.pid}`, compose: "v2" });
    quietPrimary(stack);
  });
  afterAll(() => {
    stack?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it("switches the app's container to the new credential, and leaves neither role", async () => {
    const before = lookAt(stack);
    const drilled = await drill(stack, {
      args: ["combined-drill", "--environment", "compose", "--set", "TOKEN_PATH=/api/token"],
      skip: [],
    });
    expect(drilled, drilled.said).toMatchObject({ exit: 0, verdict: "passed" });
    expect(drilled.steps).toMatchObject({
      ...{ "old-login": "passed", "app-new": "passed", "app-new-ready": "passed" },
      ...{ "retire-old": "passed", "only-new": "passed", "app-still-ready": "passed" },
      ...{
        "new-token": "passed",
        "old-token-refused": "passed",
        "prove-again": "passed",
        "auth-smoke": "passed",
      },
    });
    expect(drilled.said).not.toContain(stack.password);
    await leaves(stack, before);
    expect(stack.psql("SELECT count(*) FROM pg_roles WHERE rolname LIKE '%drill%'")).toBe("0");
    expect(readdirSync(backupFolder(stack)).filter((name) => name.startsWith(".rotation"))).toEqual(
      [],
    );
  });
});
