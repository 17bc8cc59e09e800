/** `restore-drill resume [DRILL]` and `restore-drill abandon DRILL`. */

import { fitOf } from "../checklist/types.ts";
import { secretsFrom } from "../checklist/variables.ts";
import { owed } from "../drill/state.ts";
import type { Launch } from "../engine/interface.ts";
import { guardPlace } from "../environment/guard.ts";
import { abandonDrill } from "../headless/abandon.ts";
import type { Answers } from "../headless/answers.ts";
import { NO_ANSWERS } from "../headless/answers.ts";
import { isListed, listDrills } from "../journal/drills.ts";
import { createLaunch, type LaunchRequest } from "../launch/launch.ts";
import { type LeftDrill, otherServer, readLeftDrill, resumeDrill } from "../launch/resume-drill.ts";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { isDrillId, type Storage, storage } from "../settings/storage.ts";
import { loadAnswers } from "./answers-file.ts";
import { drive, fatalProblem, guarded, isScreen } from "./drive.ts";
import { chooseConfig, type Failed, identity } from "./prepare.ts";
import { complain, complainAll, err, out } from "./terminal.ts";

export interface ResumeOptions {
  readonly drill?: string | undefined;
  readonly config?: string;
  readonly operator?: string;
  readonly headless?: boolean;
  readonly json?: boolean;
  readonly answers?: string;
}

export async function resumeCommand(options: ResumeOptions): Promise<number> {
  const answers = options.answers === undefined ? undefined : await loadAnswers(options.answers);
  if (answers?.ok === false) return complainAll(answers.problems);
  const answered: Answers = answers?.value ?? NO_ANSWERS;
  const places = storage(process.env);
  const fatal = fatalProblem();
  const opened = await openLeft(places, options, fatal.onFatal);
  if (!opened.ok) return complainAll(opened.problems);
  const { launch, operator } = opened.value;
  return drive(launch, {
    screen: options.headless !== true && isScreen(),
    json: options.json === true,
    answers: answered,
    operator: answered.operator ?? operator,
    skips: {},
    storage: places,
    fatal: fatal.promise,
  });
}

export interface AbandonOptions {
  readonly drill: string;
  readonly config?: string;
  readonly operator?: string;
}

/** 0 once the cleanup is done and the entry signed. */
export async function abandonCommand(options: AbandonOptions): Promise<number> {
  const places = storage(process.env);
  const fatal = fatalProblem();
  const opened = await openLeft(places, options, fatal.onFatal, withoutServer);
  if (!opened.ok) return complainAll(opened.problems);
  const { launch, operator } = opened.value;
  return guarded(launch, fatal.promise, (signal) =>
    abandonDrill(launch, { operator, signal, out, err, complain }),
  );
}

/**
 * What a drill made at a provider costs until it is gone, and its tag alone says whether it may go:
 * the source has no part in that, so it need not answer.
 */
function withoutServer({ header, state }: LeftDrill): Pick<LaunchRequest, "withoutServer"> {
  if (!owed(state).some(({ kind }) => kind === "cloud")) return {};
  const { server } = header.environment;
  const told = ({ message }: Problem) => {
    err(`The source does not answer: ${message}`);
    err("What the drill made at the provider is removed without it, by the drill's tag.");
  };
  return { withoutServer: { server, told } };
}

type OnFatal = Parameters<typeof resumeDrill>[0]["onFatal"];

async function openLeft(
  places: Storage,
  options: ResumeOptions,
  onFatal: OnFatal,
  without: (left: LeftDrill) => Pick<LaunchRequest, "withoutServer"> = () => ({}),
): Promise<{ ok: true; value: { readonly launch: Launch; readonly operator: string } } | Failed> {
  const id = await findDrill(places, options.drill);
  if (!id.ok) return { ok: false, problems: [id.problem] };
  const left = await readLeftDrill(places, id.value);
  if (!left.ok) return { ok: false, problems: [left.problem] };
  const { header, state } = left.value;
  const environment = header.environment.name;
  const config = await chooseConfig(places, { config: options.config, environment });
  if (!config.ok) return config;
  const unfit = guardPlace(config.value, process.env, fitOf(header.checklist));
  if (unfit !== undefined) return { ok: false, problems: [unfit] };
  const who = await identity(places, options.operator);
  if (!who.ok) return { ok: false, problems: [who.problem] };
  const { operator, signingKey } = who.value;
  const launch = createLaunch({
    checklist: header.checklist,
    config: config.value,
    operator,
    drill: header.id,
    overrides: declaredValues(left.value),
    storage: places,
    refusal: (target) => otherServer(header, target),
    ...without(left.value),
    resumes: { drill: header.id, state },
    start: resumeDrill({
      storage: places,
      left: left.value,
      operator,
      onFatal,
      ...(signingKey === undefined ? {} : { signingKey }),
    }),
  });
  return { ok: true, value: { launch, operator } };
}

/** The variables as the drill began, so that a changed default changes nothing. */
function declaredValues({ header, state }: LeftDrill) {
  const declared = header.checklist.variables;
  const kept = declared.flatMap(({ name, secret }) => {
    const value = state.values[name];
    return secret || value === undefined ? [] : [[name, value] as const];
  });
  return { ...secretsFrom(declared, process.env), ...Object.fromEntries(kept) };
}

async function findDrill(places: Storage, given: string | undefined): Promise<Result<string>> {
  const listed = await listDrills(places.drills);
  const open = listed.filter(isListed).filter(({ phase }) => phase !== "signed-off");
  if (given === undefined) {
    const [newest] = open;
    if (newest !== undefined) return ok(newest.id);
    return fail({
      code: "usage",
      message: "There is no unfinished drill.",
      hint: "Start one with: restore-drill",
    });
  }
  if (isDrillId(given) && listed.some(({ id }) => id === given)) return ok(given);
  const ids = open.map(({ id }) => id).join(", ");
  return fail({
    code: "usage",
    message: `There is no drill "${given}" on this machine.`,
    hint: ids === "" ? "There are no unfinished drills." : `Unfinished drills: ${ids}.`,
  });
}
