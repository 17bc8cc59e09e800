/** Labels of hints that depend on what is the case; undefined where the key does nothing. */
import { owed, stepRecord } from "../../drill/state.ts";
import type { StepId } from "../../drill/types.ts";
import { leftoverOf } from "../dialog/plan-dialogs.ts";
import { excuseFor } from "../dialog/step-dialogs.ts";
import { attentionOf, runningStep } from "../model/attention.ts";
import { backgroundOf } from "../model/background-log.ts";
import { rowsToRead } from "../model/row-values.ts";
import { findStep, isResuming, planOf, type World } from "../model/world.ts";

export interface HintContext {
  readonly world: World;
  /** The step on show. */
  readonly shown: StepId | undefined;
  /** The background's log is shown instead. */
  readonly log: boolean;
}

type Label = (context: HintContext) => string | undefined;

const begin: Label = ({ world }) => (isResuming(world) ? "go on" : "begin");

const leftover: Label = ({ world }) => (leftoverOf(world) === undefined ? undefined : "leftover");

const save: Label = ({ world }) =>
  planOf(world)?.found === undefined ? undefined : "write what was found";

const act: Label = ({ world: { drill } }) =>
  drill === undefined ? undefined : attentionOf(drill).act;

const pause: Label = ({ world: { drill } }) => {
  if (drill?.phase !== "running") return undefined;
  return drill.paused ? "go on" : "pause";
};

const retry: Label = ({ world: { drill }, shown }) => {
  if (drill?.phase !== "running" || shown === undefined) return undefined;
  const { status } = stepRecord(drill, shown).state;
  return ["passed", "failed", "interrupted"].includes(status) ? "run again" : undefined;
};

const EXCUSES = {
  "skip-step": "skip",
  "waive-step": "waive",
  "leave-standing": "leave standing",
} as const;

const excuse: Label = ({ world, shown }) => {
  const located = shown === undefined ? undefined : findStep(world, shown);
  if (located === undefined) return undefined;
  const { drill } = world;
  if (drill === undefined) {
    const absent = planOf(world)?.steps[located.step.id]?.notApplicable !== undefined;
    return located.step.optional && !absent && !isResuming(world) ? "skip" : undefined;
  }
  if (drill.phase !== "running") return undefined;
  const { status } = stepRecord(drill, located.step.id).state;
  if (["running", "passed", "skipped"].includes(status)) return undefined;
  return EXCUSES[excuseFor(world, located)];
};

const values: Label = ({ world: { drill }, shown }) => {
  const found = shown === undefined ? undefined : rowsToRead(drill, shown);
  return found === undefined || found.request.rows.length === 0 ? undefined : "values";
};

const log: Label = ({ world: { drill }, log: shown }) => {
  if (shown) return "step";
  return backgroundOf(drill) === undefined ? undefined : "app's log";
};

const keep: Label = ({ world: { drill } }) =>
  drill === undefined || owed(drill).length === 0 ? undefined : "keep";

const stop: Label = ({ world: { drill } }) =>
  drill === undefined || runningStep(drill) === undefined ? undefined : "stop";

const abort: Label = ({ world: { drill } }) => (drill?.phase === "running" ? "abort" : undefined);

export const HINTS = {
  begin,
  leftover,
  save,
  act,
  pause,
  retry,
  excuse,
  values,
  log,
  keep,
  stop,
  abort,
};
