import { expect, it } from "vitest";
import type { FreeSpace } from "../../../source/environment/target.ts";
import { fail, ok, type Result } from "../../../source/problem.ts";
import { stepWorld } from "../../helpers/step-world.ts";
import { usesStep } from "../../helpers/uses-step.ts";

const GB = 1_000_000_000;

/** A primary of 10 GB. */
function run(backups: Result<FreeSpace>, data: Result<FreeSpace>) {
  const world = stepWorld({
    target: {
      freeSpace: async (where) => (where === "backups" ? backups : data),
      connect: async () =>
        ok({
          processId: 1,
          query: async () => ok([{ bytes: String(10 * GB) }]),
          cancel: async () => {},
          close: async () => {},
          closed: Promise.resolve(),
        }),
    },
  });
  return world.runner.run(usesStep("environment/free-space"), world.context);
}

it("wants the primary's size for the backup and a fifth more for the restore", async () => {
  const outcome = await run(
    ok({ bytes: 10 * GB, place: "/srv/backups" }),
    ok({ bytes: 12 * GB, place: "/var/lib/postgresql" }),
  );
  expect(outcome).toMatchObject({
    status: "passed",
    report: {
      measurements: { databaseBytes: 10 * GB },
      checks: [
        { expected: "at least 10.0 GB", observed: "10.0 GB in /srv/backups" },
        { expected: "at least 12.0 GB", observed: "12.0 GB in /var/lib/postgresql" },
      ],
    },
  });
});

it("fails when either is short", async () => {
  const enough = ok({ bytes: 99 * GB, place: "/a" });
  expect((await run(ok({ bytes: 10 * GB - 1, place: "/b" }), enough)).status).toBe("failed");
  expect(await run(enough, ok({ bytes: 11 * GB, place: "/c" }))).toMatchObject({
    status: "failed",
    failure: { message: expect.stringContaining("11.0 GB in /c, at least 12.0 GB needed") },
  });
});

it("says what cannot be seen, and does not fail for it", async () => {
  const hidden = fail({ code: "unusable", message: "The server's disk cannot be seen from here." });
  const outcome = await run(ok({ bytes: 99 * GB, place: "/a" }), hidden);
  expect(outcome.status).toBe("passed");
  expect(outcome.report.checks[1]).toMatchObject({
    status: "info",
    observed: "not known: The server's disk cannot be seen from here.",
  });
});
