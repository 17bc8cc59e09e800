/** `restore-drill [run] [CHECKLIST]`. */
import { NO_ANSWERS } from "../headless/answers.ts";
import { newDrillId } from "../launch/drill-id.ts";
import { createLaunch } from "../launch/launch.ts";
import { startNewDrill } from "../launch/new-drill.ts";
import { changeSettings } from "../settings/settings.ts";
import { loadAnswers } from "./answers-file.ts";
import { drive, fatalProblem, isScreen } from "./drive.ts";
import { printPlan } from "./dry-run.ts";
import { type Prepared, type PrepareOptions, prepare } from "./prepare.ts";
import { complain, complainAll } from "./terminal.ts";

export interface RunOptions extends PrepareOptions {
  readonly checklist: string;
  readonly headless?: boolean;
  readonly json?: boolean;
  readonly answers?: string;
  readonly dryRun?: boolean;
}

export async function runCommand(options: RunOptions): Promise<number> {
  const usage = usageProblem(options);
  if (usage !== undefined) return complain(usage);
  const answers = options.answers === undefined ? undefined : await loadAnswers(options.answers);
  if (answers?.ok === false) return complainAll(answers.problems);
  const answered = answers?.value ?? NO_ANSWERS;
  const operator = options.operator ?? answered.operator;
  const prepared = await prepare({ ...options, ...(operator === undefined ? {} : { operator }) });
  if (!prepared.ok) return complainAll(prepared.problems);

  const drill = newDrillId(new Date().toISOString());
  const fatal = fatalProblem();
  const { request, storage, signingKey } = prepared.value;
  const start = startNewDrill({
    storage,
    drill,
    ...(signingKey === undefined ? {} : { signingKey }),
    onFatal: fatal.onFatal,
  });
  const launch = createLaunch({
    ...request,
    drill,
    async start(target, planned, choices) {
      const started = await start(target, planned, choices);
      if (started.ok) await rememberChoices(prepared.value, choices.operator);
      return started;
    },
  });
  if (options.dryRun === true) return printPlan(launch, options.json === true);
  return drive(launch, {
    screen: options.headless !== true && isScreen(),
    json: options.json === true,
    answers: answered,
    operator: request.operator,
    skips: options.skip ?? {},
    storage,
    fatal: fatal.promise,
  });
}

/** Settings are a convenience: a drill goes on where they cannot be written. */
async function rememberChoices({ storage, request }: Prepared, operator: string | undefined) {
  const { checklist, config } = request;
  await changeSettings(storage.settings, {
    recent: { checklist: checklist.id, environment: config.name },
    ...(operator === undefined || operator === request.operator ? {} : { operator }),
  });
}

function usageProblem({ headless, json, answers, dryRun }: RunOptions) {
  if (headless === true || dryRun === true || !isScreen()) return undefined;
  const stray = json === true ? "--json" : answers === undefined ? undefined : "--answers";
  if (stray === undefined) return undefined;
  return {
    code: "usage",
    message: `${stray} goes with --headless.`,
    hint: "Add --headless.",
  } as const;
}
