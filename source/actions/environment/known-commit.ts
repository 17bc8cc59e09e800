import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import { formatAmount } from "../../drill/units.ts";
import { shellCommand } from "../../process/shell-quote.ts";
import type { ActionContext, ActionResult, PlanContext } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { changedFiles, git, HEAD_COMMAND, statusCommand, withoutRepository } from "./repository.ts";

const FILES_SHOWN = 5;

export const knownCommitAction = defineAction({
  name: "environment/known-commit",
  about: "Records the project's git commit and sees that nothing is changed on top of it.",
  inputs: z.strictObject({}),
  outputs: { COMMIT: "The project's git commit" },
  notApplicable: (_input, { target }) => withoutRepository(target.project),
  plan: (_input, context) => [shellCommand(HEAD_COMMAND), shellCommand(statusOf(context))],
  run: (_input, context) => knownCommit(context),
});

function statusOf({ target }: PlanContext) {
  return statusCommand(target.project, target.backupDirectory);
}

async function knownCommit(context: ActionContext): Promise<ActionResult> {
  const { target, signal } = context;
  await context.command(shellCommand(HEAD_COMMAND));
  const head = await git(HEAD_COMMAND, target.project, signal);
  if (!head.ok) return { ok: false, problem: head.problem, checks: [] };
  const commit = head.value.trim();
  const status = statusOf(context);
  await context.command(shellCommand(status));
  const changes = await git(status, target.project, signal);
  if (!changes.ok) return { ok: false, problem: changes.problem, checks: [] };
  const files = changedFiles(changes.value);
  const recorded: Check = { title: "Commit", status: "info", observed: commit };
  const clean: Check = {
    title: "Changes on top of the commit",
    status: files.length === 0 ? "passed" : "failed",
    expected: "none",
    observed: files.length === 0 ? "none" : told(files),
  };
  const report = { checks: [recorded, clean], values: { COMMIT: commit } };
  if (files.length === 0) return { ok: true, ...report };
  return {
    ok: false,
    ...report,
    problem: {
      code: "failed",
      message: `The project is not on a known commit: ${told(files)} changed on top of ${commit.slice(0, 12)}.`,
      hint: "Commit, stash or remove the changes, so that the log names what really ran.",
    },
  };
}

function told(files: readonly string[]): string {
  const more = files.length - FILES_SHOWN;
  const names = files.slice(0, FILES_SHOWN).join(", ");
  return `${formatAmount(files.length, "file")} (${names}${more > 0 ? ` and ${more} more` : ""})`;
}
