import { resolve } from "node:path";
import { z } from "zod";
import { display, displayList } from "../../postgres/display.ts";
import { manifestPath } from "../../postgres/manifest-file.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { concluded, stopped } from "../outcome.ts";
import { clientCheck } from "../postgres/client-check.ts";
import { ageCheck, maxAgeInput } from "./age.ts";
import { examineBackup } from "./examine.ts";
import { originChecks, versionChecks } from "./origin.ts";

// Restore and proof look again right before they rely on it.
export { digestChecks } from "./examine.ts";

const inputs = z.strictObject({
  file: z.string().min(1).describe("Path of the backup on this host: a file, or a directory."),
  maxAge: maxAgeInput,
  origin: z
    .enum(["primary", "any"])
    .describe(
      "primary: a backup of another database or server fails; any: it is drilled on purpose.",
    )
    .optional(),
});

type Input = z.output<typeof inputs>;

export const inspectAction = defineAction({
  name: "backup/inspect",
  about:
    "Looks at a backup's size, beginning, end, digest, age, versions and origin before anything is restored from it.",
  inputs,
  outputs: {
    BACKUP_BYTES: "Size of the backup in bytes, all its files together.",
    BACKUP_SHA256: "Its SHA-256; for a directory, that of its sorted `digest  name` list.",
  },
  plan: ({ file }) => [`read ${display(file)} and compare it with ${display(manifestPath(file))}`],
  run: inspect,
});

async function inspect(input: Input, context: ActionContext): Promise<ActionResult> {
  const { target } = context;
  const file = resolve(target.project, input.file);
  await context.command(`read ${display(file)}`);
  const examined = await examineBackup(file, context);
  if (!examined.ok) return stopped(examined.problem);
  const { manifest, header, summary, written } = examined.value;
  const checks = [
    ...examined.value.checks,
    ageCheck({
      manifest,
      written,
      now: new Date(),
      drill: context.drill.id,
      ...(input.maxAge === undefined ? {} : { limit: input.maxAge }),
    }),
    ...originChecks({ manifest, header, target, elsewhere: input.origin === "any" }),
    ...versionChecks(header, target.summary.server.version),
    ...(manifest === undefined ? [] : [clientCheck(manifest.dump.tool)]),
  ];
  return concluded(
    {
      checks,
      values: { BACKUP_BYTES: String(summary.bytes), BACKUP_SHA256: summary.sha256 },
      measurements: { backupBytes: summary.bytes },
      backup: summary,
    },
    (failed) => ({
      code: "failed",
      message: `The backup ${display(file)} is not fit to be restored: ${displayList(failed.map(({ title, observed }) => `${title.toLowerCase()}: ${observed}`))}.`,
      hint: hintFor(failed.map(({ title }) => title)),
    }),
  );
}

function hintFor(failed: readonly string[]): string {
  if (failed.every((title) => title === "Taken of this primary")) {
    return "Choose the right backup or environment; to drill one of elsewhere on purpose, set BACKUP_ORIGIN=any.";
  }
  if (failed.every((title) => title === "Age")) {
    return "Take a fresh backup, find out why the usual one was not taken, or allow more with MAX_BACKUP_AGE.";
  }
  return "Take a fresh backup, and keep this one for the question how it came to be so.";
}
