/** Goes on with a drill from its journal. */
import { replay } from "../drill/evolve.ts";
import type { DrillState } from "../drill/state.ts";
import type { DrillHeader } from "../drill/types.ts";
import type { BeginChoices } from "../engine/interface.ts";
import type { Target } from "../environment/target.ts";
import { reopenJournal } from "../journal/journal.ts";
import { readJournal } from "../journal/read.ts";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { drillPaths, type Storage } from "../settings/storage.ts";
import { type Assembled, assemble } from "./assemble.ts";
import { pick, secretNames } from "./new-drill.ts";
import type { Planned } from "./plan.ts";

export interface LeftDrill {
  readonly header: DrillHeader;
  readonly state: DrillState;
}

/** Reads where a drill stands, without touching it. */
export async function readLeftDrill(storage: Storage, id: string): Promise<Result<LeftDrill>> {
  const read = await readJournal(drillPaths(storage, id).journal);
  if (!read.ok) return read;
  const state = replay(read.value.events);
  if (state.drill === undefined) {
    return fail({
      code: "usage",
      message: `Drill ${id} never started; there is nothing to resume.`,
    });
  }
  if (state.phase === "signed-off") {
    return fail({
      code: "usage",
      message: `Drill ${id} is signed off already.`,
      hint: `See it with: restore-drill log show ${id}`,
    });
  }
  return ok({ header: state.drill, state });
}

export interface ResumeRequest {
  readonly storage: Storage;
  readonly left: LeftDrill;
  readonly operator: string;
  readonly signingKey?: string;
  readonly onFatal: (problem: Problem) => void;
}

export function resumeDrill(request: ResumeRequest) {
  return async (
    target: Target,
    planned: Planned,
    choices: BeginChoices,
  ): Promise<Result<Assembled>> => {
    const { header } = request.left;
    const operator = choices.operator ?? request.operator;
    const secret = secretNames(planned);
    const path = drillPaths(request.storage, header.id).journal;
    const assembled = await assemble({
      ...request,
      target,
      operator,
      drill: header.id,
      restoreDatabase: header.restoreDatabase,
      secretValues: pick(planned.values, (name) => secret.has(name)),
      async openJournal() {
        const reopened = await reopenJournal(path);
        if (!reopened.ok) return reopened;
        const { journal, events } = reopened.value;
        return ok({ journal, initial: replay(events) });
      },
    });
    if (!assembled.ok) return assembled;
    if (choices.listener !== undefined) assembled.value.engine.subscribe(choices.listener);
    const renewed = environmentRenewed(header, target);
    const refusal = await assembled.value.engine.dispatch({
      type: "resume-drill",
      operator,
      ...(renewed === undefined
        ? {}
        : { fresh: { because: renewed, environment: target.summary } }),
    });
    if (refusal === undefined) return assembled;
    await assembled.value.close();
    return fail({ code: "refused", message: refusal.message });
  };
}

/** Another server than the drill began on: refused, except for practice, which is new each time. */
export function otherServer(header: DrillHeader, target: Target): Problem | undefined {
  const before = header.environment.server.systemIdentifier;
  const now = target.summary.server.systemIdentifier;
  if (before === now || target.summary.target === "practice") return undefined;
  return {
    code: "refused",
    message: `Drill ${header.id} began on server ${before}; environment "${header.environment.name}" is now server ${now}.`,
    hint: "Point the environment back at the server the drill began on.",
  };
}

function environmentRenewed(header: DrillHeader, target: Target): string | undefined {
  if (target.summary.target !== "practice") return undefined;
  if (header.environment.server.systemIdentifier === target.summary.server.systemIdentifier)
    return undefined;
  return "The practice environment is new; what was in the old one is gone with it.";
}
