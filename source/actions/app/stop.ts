import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { endedBefore, owedApps, stopApp } from "./ledger.ts";

export const appStopAction = defineAction({
  name: "app/stop",
  about: "Stops the app that app/start started.",
  inputs: z.strictObject({}),
  outputs: {},
  needs: ["app"],
  plan: () => ["stop the app that app/start started"],
  run: (_input, context) => stop(context),
});

async function stop(context: ActionContext): Promise<ActionResult> {
  const apps = owedApps(context);
  if (apps.length === 0) {
    return {
      ok: true,
      checks: [{ title: "App", status: "info", observed: "was not running" }],
      note: "The app was not running.",
    };
  }
  const checks: Check[] = [];
  for (const app of apps) {
    await context.command(`stop ${app.label}`);
    const stopped = await stopApp(app, context);
    if (!stopped.ok) return { ok: false, problem: stopped.problem, checks };
    if (stopped.value.endedBefore) checks.push(endedBefore(app));
    checks.push({
      title: app.label,
      status: "passed",
      expected: "not running",
      observed: stopped.value.how,
    });
  }
  return { ok: true, checks };
}
