import { z } from "zod";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { info, passed, stopped } from "../outcome.ts";
import { existingInstance, findInstance, labelOf, operationIn, restoredName } from "./cloudsql.ts";
import { clonedAt, isOwnClone } from "./cloudsql-claim.ts";
import { intoItself, somebodyElses } from "./cloudsql-restore.ts";
import { cloudSqlName, gcloud, gcloudShown, gcpInputs } from "./gcloud.ts";
import { owedResource } from "./ledger.ts";
import { pointInTime } from "./recovery-point.ts";

const inputs = z.strictObject({
  ...gcpInputs,
  source: cloudSqlName.describe("Name of the source instance; never restored into."),
  time: pointInTime.describe("The point in time to restore."),
});

type Input = z.output<typeof inputs>;

export const cloudSqlCloneAction = defineAction({
  name: "cloudsql/clone",
  about:
    "Asks for a new Cloud SQL instance: a clone of the source as it was at a point in time, with the source's settings. It carries no label before cloudsql/claim gives it one. The source stays as it is.",
  inputs,
  outputs: {
    INSTANCE_ID: "Name of the new instance.",
    RESTORE_OPERATION: "The provider's name for the cloning that runs; empty when not known.",
    RESTORE_STARTED: "When the new instance was asked for.",
  },
  plan: (input) => [gcloudShown(input, cloneWords(input, restoredName("DRILL_ID")))],
  run: clone,
});

function cloneWords({ source, time }: Input, name: string): readonly string[] {
  return ["sql", "instances", "clone", source, name, `--point-in-time=${time}`, "--async"];
}

async function clone(input: Input, context: ActionContext): Promise<ActionResult> {
  const name = restoredName(context.drill.id);
  if (name === input.source) return stopped(intoItself(name));
  const startedAt = new Date().toISOString();
  const asked = await make(input, name, context);
  if (!asked.ok) return stopped(asked.problem);
  return {
    ok: true,
    checks: [
      passed("Being restored", `into ${name}`),
      info("From", `${input.source} as it was at ${input.time}`),
    ],
    values: { INSTANCE_ID: name, RESTORE_OPERATION: asked.value, RESTORE_STARTED: startedAt },
  };
}

/** The name of the operation; empty when an earlier attempt of this step has asked already. */
async function make(input: Input, name: string, context: ActionContext): Promise<Result<string>> {
  const { signal, drill } = context;
  const source = await existingInstance(input, input.source, signal);
  if (!source.ok) return source;
  if (labelOf(source.value) !== undefined) return fail(madeByADrill(input.source));
  const there = await findInstance(input, name, signal);
  if (!there.ok) return there;
  if (there.value !== undefined) {
    const ours = isOwnClone(there.value, clonedAt(name, context.resources));
    return ours ? ok("") : fail(somebodyElses(name));
  }
  const { project } = input;
  // Before there is anything to undo: a crash must find it in the journal.
  await context.register(
    owedResource(
      { what: "cloudsql-instance", name, drill: drill.id },
      { project, cloned: new Date().toISOString() },
    ),
  );
  const words = cloneWords(input, name);
  await context.command(gcloudShown(input, words));
  const answer = await gcloud(input, words, signal);
  if (!answer.ok) return answer;
  const operation = operationIn(answer.value);
  return operation.ok ? ok(operation.value.name) : operation;
}

/** Its clone would carry its label, and be taken for what that other drill made. */
function madeByADrill(source: string): Problem {
  return {
    code: "refused",
    message: `Instance ${source} carries a drill's label itself; no clone of it is made.`,
    hint: "Drill the instance that it came from.",
  };
}
