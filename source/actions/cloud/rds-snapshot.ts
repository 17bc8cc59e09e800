import { z } from "zod";
import { formatDuration } from "../../drill/units.ts";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { info, passed, stopped } from "../outcome.ts";
import { aws, awsInputs, awsShown, rdsName } from "./aws.ts";
import { isAwsCode } from "./aws-problem.ts";
import { cloudResource } from "./ledger.ts";
import {
  describeSnapshot,
  describeSnapshotsOf,
  findSnapshot,
  newestSnapshot,
  type RdsSnapshot,
  tagOf,
  tagWords,
} from "./rds.ts";
import { watch, withinInput } from "./watch.ts";

const TAKE = "take";
const LATEST = "latest";

const inputs = z.strictObject({
  ...awsInputs,
  instance: rdsName.describe("Identifier of the source instance."),
  snapshot: rdsName
    .default(TAKE)
    .describe("take (a new one; the default), latest (the newest there is), or the name of one."),
  within: withinInput("2h"),
});

type Input = z.output<typeof inputs>;

export const rdsSnapshotAction = defineAction({
  name: "rds/snapshot",
  about:
    "Takes a snapshot of an RDS instance and waits until it is complete, or picks one that is there.",
  inputs,
  outputs: {
    SNAPSHOT_ID: "Identifier of the snapshot.",
    SNAPSHOT_TIME: "When it was taken, as the provider says.",
  },
  plan: (input) =>
    input.snapshot === TAKE
      ? [
          awsShown(input, takeWords(input, "DRILL_ID")),
          awsShown(input, describeSnapshot(nameOf("DRILL_ID"))),
        ]
      : [
          awsShown(
            input,
            input.snapshot === LATEST
              ? describeSnapshotsOf(input.instance)
              : describeSnapshot(input.snapshot),
          ),
        ],
  run: (input, context) =>
    input.snapshot === TAKE ? takeOne(input, context) : pickOne(input, context),
});

function nameOf(drill: string): string {
  return `${drill}-snapshot`;
}

function takeWords({ instance }: Input, drill: string): readonly string[] {
  return [
    ...["rds", "create-db-snapshot", "--db-instance-identifier", instance],
    ...["--db-snapshot-identifier", nameOf(drill), ...tagWords(drill)],
  ];
}

async function takeOne(input: Input, context: ActionContext): Promise<ActionResult> {
  const drill = context.drill.id;
  const name = nameOf(drill);
  await context.register(cloudResource("rds-snapshot", name, { place: input, drill }));
  const words = takeWords(input, drill);
  await context.command(awsShown(input, words));
  const made = await aws(input, words, context.signal);
  // An earlier attempt of this step made it; whether it is ours is seen below.
  if (!made.ok && !isAwsCode(made.problem, "DBSnapshotAlreadyExists")) return stopped(made.problem);
  const since = performance.now();
  const done = await untilComplete(input, name, context);
  if (!done.ok) return stopped(done.problem);
  if (tagOf(done.value) !== drill) return stopped(somebodyElses(name));
  return report(done.value, [
    passed("Complete after", formatDuration((performance.now() - since) / 1000)),
  ]);
}

async function pickOne(input: Input, context: ActionContext): Promise<ActionResult> {
  const { signal } = context;
  const latest = input.snapshot === LATEST;
  const words = latest ? describeSnapshotsOf(input.instance) : describeSnapshot(input.snapshot);
  await context.command(awsShown(input, words));
  const found = latest
    ? await newestSnapshot(input, input.instance, signal)
    : await findSnapshot(input, input.snapshot, signal);
  if (!found.ok) return stopped(found.problem);
  if (found.value === undefined) return stopped(noSnapshot(input));
  if (found.value.DBInstanceIdentifier !== input.instance) {
    return stopped(ofAnother(found.value, input.instance));
  }
  const done = await untilComplete(input, found.value.DBSnapshotIdentifier, context);
  return done.ok ? report(done.value, []) : stopped(done.problem);
}

function untilComplete(
  input: Input,
  name: string,
  context: ActionContext,
): Promise<Result<RdsSnapshot>> {
  return watch({
    what: `snapshot ${name}`,
    withinSeconds: input.within,
    io: context,
    async look() {
      const found = await findSnapshot(input, name, context.signal);
      if (!found.ok) return found;
      if (found.value === undefined) return fail(noSnapshot({ ...input, snapshot: name }));
      const { Status, PercentProgress } = found.value;
      if (Status === "available") return ok({ ready: found.value });
      if (Status !== "failed") return ok({ status: `${Status}, ${PercentProgress} %` });
      return fail({
        code: "failed",
        message: `RDS failed to take snapshot ${name}.`,
        hint: "Look at the instance's events in the provider's console.",
      });
    },
  });
}

function report(
  { DBSnapshotIdentifier, SnapshotCreateTime, DBInstanceIdentifier }: RdsSnapshot,
  checks: readonly ReturnType<typeof passed>[],
): ActionResult {
  return {
    ok: true,
    checks: [
      passed("Snapshot", `${DBSnapshotIdentifier} of ${DBInstanceIdentifier}`),
      info("Taken at", SnapshotCreateTime),
      ...checks,
    ],
    values: { SNAPSHOT_ID: DBSnapshotIdentifier, SNAPSHOT_TIME: SnapshotCreateTime },
  };
}

function noSnapshot({ snapshot, instance }: Input): Problem {
  const which = snapshot === LATEST ? "no complete snapshot" : `no snapshot ${snapshot}`;
  return {
    code: "failed",
    message: `There is ${which} of ${instance}.`,
    hint: "Take one (SNAPSHOT=take), or check its name and RDS_REGION.",
  };
}

function ofAnother(found: RdsSnapshot, instance: string): Problem {
  return {
    code: "refused",
    message: `Snapshot ${found.DBSnapshotIdentifier} is of instance ${found.DBInstanceIdentifier}, not of ${instance}.`,
    hint: "Choose a snapshot of the source.",
  };
}

function somebodyElses(name: string): Problem {
  return {
    code: "refused",
    message: `Snapshot ${name} was there already and does not carry this drill's tag.`,
    hint: "Find out whose it is; it was not touched.",
  };
}
