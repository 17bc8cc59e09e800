/** Somebody pipes the output into what reads a line and leaves. */
import { once } from "node:events";
import { expect, it } from "vitest";
import { newHome, runCli, startCli } from "../helpers/cli.ts";

it("drills to its signed end when nobody reads any more", async () => {
  const home = await newHome();
  const running = startCli(["--headless", "--operator", "Robin"], { home });
  await once(running.child.stdout ?? running.child, "data");
  running.child.stdout?.destroy();
  const { exit, stderr } = await running.ended;
  expect(exit, stderr).toBe(0);
  expect(stderr).not.toContain("EPIPE");
  const verified = await runCli(["log", "verify"], { home });
  expect(verified.stdout).toContain("1 entry holds.");
});
