/** The app's place in the cleanup ledger. */
import type { Resource } from "../../drill/types.ts";
import type { Target } from "../../environment/target.ts";
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

export async function stopApp(app: Resource, context: ActionContext) {
  const stopped = await stopResource(app, context.target);
  if (stopped.ok) await context.release(app.id, stopped.value);
  return stopped;
}
