/** The app's place in the cleanup ledger. */
import type { Check, Resource } from "../../drill/types.ts";
import type { Target } from "../../environment/target.ts";
import { ok, type Result } from "../../problem.ts";
import type { ActionContext } from "../action.ts";
import { stopResource } from "../undo-process.ts";

const PREFIX = "app:";

export function appResourceId(step: string): string {
  return `${PREFIX}${step}`;
}

type Registered = Parameters<ActionContext["register"]>[0];

/** Found again by its token alone, before and after it exists. */
export function appResource(
  target: Target,
  { id, what, token }: { readonly id: string; readonly what: string; readonly token: string },
): Registered {
  const kind = target.summary.target === "compose" ? "container" : "process";
  return { id, kind, label: `the ${kind} of ${what}`, undo: { token } };
}

export function owedApps({ resources }: ActionContext): readonly Resource[] {
  return resources.filter(
    ({ id, status }) => id.startsWith(PREFIX) && (status === "owed" || status === "undoing"),
  );
}

export interface StoppedApp {
  /** How it went, for people. */
  readonly how: string;
  /** It had answered, and then ended by itself: others may have answered in its place since. */
  readonly endedBefore: boolean;
}

/** Errors: it does not end, or the target cannot be asked. */
export async function stopApp(app: Resource, context: ActionContext): Promise<Result<StoppedApp>> {
  const runs = await context.target.appRuns(app.undo);
  const stopped = await stopResource(app, context.target);
  if (!stopped.ok) return stopped;
  await context.release(app.id, stopped.value);
  const answered = app.gives !== undefined;
  return ok({ how: stopped.value, endedBefore: answered && runs.ok && !runs.value });
}

/** A warning, as whatever it failed to answer has failed already. */
export function endedBefore({ label }: Resource): Check {
  return {
    title: label,
    status: "warning",
    expected: "running until it is stopped",
    observed: "it had ended by itself, so another may have answered in its place since",
  };
}
