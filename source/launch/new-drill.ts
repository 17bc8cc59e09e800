/** Starts a new drill from its plan. */
import type { BeginChoices } from "../engine/interface.ts";
import type { Target } from "../environment/target.ts";
import { createJournal } from "../journal/journal.ts";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { drillPaths, prepareStorage, type Storage } from "../settings/storage.ts";
import { type Assembled, assemble } from "./assemble.ts";
import type { Planned } from "./plan.ts";
import { toolSummary } from "./tool.ts";

export interface NewDrillRequest {
  readonly storage: Storage;
  readonly drill: string;
  readonly signingKey?: string;
  readonly onFatal: (problem: Problem) => void;
}

export function startNewDrill(request: NewDrillRequest) {
  return async (
    target: Target,
    planned: Planned,
    choices: BeginChoices,
  ): Promise<Result<Assembled>> => {
    const { plan, values } = planned;
    const operator = choices.operator ?? plan.operator;
    const ready = await prepareStorage(request.storage);
    if (!ready.ok) return ready;
    const secret = secretNames(planned);
    const assembled = await assemble({
      ...request,
      target,
      operator,
      restoreDatabase: plan.restoreDatabase,
      secretValues: pick(values, (name) => secret.has(name)),
      async openJournal() {
        const created = await createJournal(drillPaths(request.storage, request.drill).journal);
        return created.ok ? ok({ journal: created.value }) : created;
      },
    });
    if (!assembled.ok) return assembled;
    if (choices.listener !== undefined) assembled.value.engine.subscribe(choices.listener);
    const refusal = await assembled.value.engine.begin({
      type: "start-drill",
      drill: {
        id: request.drill,
        checklist: plan.checklist,
        environment: plan.environment,
        restoreDatabase: plan.restoreDatabase,
        operator,
        startedAt: new Date().toISOString(),
        tool: toolSummary(),
      },
      values: { ...pick(values, (name) => !secret.has(name)), OPERATOR: operator },
      notApplicable: notApplicable(planned),
      skips: choices.skips,
    });
    if (refusal === undefined) return assembled;
    await assembled.value.close();
    const { message, hint } = refusal;
    return fail({ code: "usage", message, ...(hint === undefined ? {} : { hint }) });
  };
}

export function secretNames({ plan }: Planned): ReadonlySet<string> {
  const { variables } = plan.checklist;
  return new Set(variables.filter(({ secret }) => secret).map(({ name }) => name));
}

export function pick(
  values: Readonly<Record<string, string>>,
  wanted: (name: string) => boolean,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => wanted(name)));
}

function notApplicable({ plan }: Planned): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(plan.steps).flatMap(([id, { notApplicable: reason }]) =>
      reason === undefined ? [] : [[id, reason]],
    ),
  );
}
