import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import type { AppRunRequest, Target } from "../../environment/target.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { outputLine } from "../clean-output.ts";
import { defineAction } from "../define-action.ts";
import { createOutputCollector } from "../output-collector.ts";
import { atCopy, optionalCopyInputs } from "../postgres/copy.ts";
import { createLastLines } from "../process/last-lines.ts";
import { appResource } from "./ledger.ts";

const inputs = z.strictObject({
  database: z.string().min(1).describe("Database that DATABASE_URL names."),
  command: z
    .string()
    .min(1)
    .describe("Command of the app's project, such as npx prisma migrate status."),
  says: z
    .string()
    .min(1)
    .optional()
    .describe("What its output must hold, besides its exit code 0."),
  file: z
    .string()
    .min(1)
    .optional()
    .describe("File of the project that it needs where it runs on this host."),
  ...optionalCopyInputs,
});

type Input = z.output<typeof inputs>;

export const appRunAction = defineAction({
  name: "app/run",
  about:
    "Runs a command of the app's project against a database: on this host, or in a one-off container of its Compose service.",
  inputs,
  outputs: {},
  notApplicable: ({ file }, { target }) => whyNot(file, target),
  plan: (input, { target }) => [target.describeAppRun(input)],
  run: (input, context) => atCopy(context, input, (target) => run(input, context, target)),
});

function whyNot(file: string | undefined, target: Target): string | undefined {
  if (inContainer(target)) {
    return target.capabilities.has("app") ? undefined : target.reasonWithout("app");
  }
  if (file === undefined || existsSync(join(target.project, file))) return undefined;
  return `the project has no ${JSON.stringify(file)}`;
}

function inContainer(target: Target): boolean {
  return target.summary.target === "compose";
}

async function run(
  { host: _, port: __, ...input }: Input,
  context: ActionContext,
  target: Target,
): Promise<ActionResult> {
  const { drill, step } = context;
  const token = randomUUID();
  const request: AppRunRequest = { ...input, token, drill: drill.id };
  await context.command(target.describeAppRun(request));
  const resource = appResource(target, { id: `run:${step}`, what: input.command, token });
  // Before there is anything to undo: a crash must find it in the journal.
  await context.register(resource);
  const output = createOutputCollector();
  const lines = createLastLines();
  const done = await target.runInApp(request, {
    signal: context.signal,
    progress: context.progress,
    line(stream, text) {
      const safe = outputLine(text, (same) => same);
      if (stream !== "note") {
        output.add(safe);
        lines.add(safe);
      }
      context.line(stream, text);
    },
  });
  const gone = await target.stopProcess(resource.undo);
  if (gone.ok) await context.release(resource.id, "it ran to its end");
  if (!done.ok) return { ok: false, problem: done.problem, checks: [] };
  return judge(input, { exit: done.value.exit, text: output.collected().text, said: lines.told() });
}

interface Ended {
  readonly exit: number | null;
  readonly text: string;
  readonly said: string;
}

function judge(
  { command, says }: Pick<Input, "command" | "says">,
  { exit, text, said }: Ended,
): ActionResult {
  const code: Check = {
    title: "exit code",
    status: exit === 0 ? "passed" : "failed",
    expected: "0",
    observed: exit === null ? "none: it was ended from outside" : String(exit),
  };
  const holds = says === undefined || text.includes(says);
  const told: readonly Check[] =
    says === undefined
      ? []
      : [
          {
            title: "output",
            status: holds ? "passed" : "failed",
            expected: JSON.stringify(says),
            observed: holds ? "so it said" : "it did not say so",
          },
        ];
  const report = { checks: [code, ...told], ...(exit === null ? {} : { exit }) };
  if (exit === 0 && holds) return { ok: true, ...report };
  const what = exit === 0 ? `did not say ${JSON.stringify(says)}` : `ended with ${code.observed}`;
  return {
    ok: false,
    ...report,
    problem: {
      code: "failed",
      message: `${command} ${what}${said}`,
      hint: "Read its output, mend the cause, run the step again.",
    },
  };
}
