/**
 * What can be done while the drill waits, as a dialog that opens others. Row values are not
 * offered: lines that were printed stay in the scrollback and in recordings.
 */
import type { Waiting } from "../../drill/next.ts";
import type { DrillState } from "../../drill/state.ts";
import { owed } from "../../drill/state.ts";
import type { Button, DialogKind, DialogSpec } from "../dialog/spec.ts";
import { excuseFor } from "../dialog/step-dialogs.ts";
import { attentionOf } from "../model/attention.ts";
import { verdictRows } from "../model/summary.ts";
import { findStep, planOf, type World } from "../model/world.ts";

const LEAVE: Button = {
  label: "Leave, resume later",
  needs: [],
  press: () => ({ effects: [{ type: "leave" }] }),
};

const SAVE: Button = {
  label: "Write what was found to restore-drill.yaml",
  needs: [],
  press: () => ({ effects: [{ type: "save-found" }] }),
};

function opens(label: string, kind: DialogKind): Button {
  return { label, needs: [], press: () => ({ open: kind }) };
}

export function waitingMenu(world: World, drill: DrillState, waiting: Waiting): DialogSpec {
  const title = attentionOf(drill).text;
  const more = [
    opens("Record a finding", findingKind(waiting)),
    ...(owed(drill).length === 0 ? [] : [opens("Keep something the drill made", { kind: "keep" })]),
    ...(drill.phase === "running" ? [opens("Abort the drill", { kind: "abort" })] : []),
    LEAVE,
  ];
  return {
    title,
    body: (width) => (waiting.kind === "sign-off" ? verdictRows(drill, width) : []),
    fields: [],
    buttons: [...first(world, waiting), ...more],
  };
}

function findingKind(waiting: Waiting): DialogKind {
  return waiting.kind === "operator"
    ? { kind: "finding", step: waiting.step }
    : { kind: "finding" };
}

const EXCUSES = {
  "skip-step": "Skip it",
  "waive-step": "Waive it",
  "leave-standing": "Leave the failure standing",
} as const;

function first(world: World, waiting: Waiting): readonly Button[] {
  switch (waiting.kind) {
    case "operator": {
      const { step, why } = waiting;
      const located = findStep(world, step);
      const excuse = located === undefined ? "waive-step" : excuseFor(world, located);
      const answer =
        why === "confirm"
          ? [opens("Answer", { kind: "answer", step })]
          : [opens("Run it again", { kind: "retry", step })];
      const giveUp = why === "failed" ? [opens("Give up: end as failed", { kind: "give-up" })] : [];
      return [...answer, opens(EXCUSES[excuse], { kind: "excuse", step }), ...giveUp];
    }
    case "cleanup-failed":
      return [opens("Decide about the cleanup", { kind: "cleanup", resource: waiting.resource })];
    case "sign-off":
      return [opens("Sign off", { kind: "sign-off" })];
    case "paused":
      return [
        {
          label: "Go on",
          needs: [],
          press: () => ({ effects: [{ type: "dispatch", request: { type: "continue" } }] }),
        },
      ];
  }
}

/** Before the drill: nothing starts without saying so. */
export function planMenu(world: World, leftover: boolean, blocked: boolean): DialogSpec {
  const begin: Button = {
    label: "Begin the drill",
    needs: [],
    press: () => ({ effects: [{ type: "begin", operator: "", skips: {} }] }),
  };
  const optional = world.launch.status === "planned" ? skippable(world) : [];
  return {
    title: "The plan",
    body: () => [],
    fields: [],
    buttons: [
      opens("Change variables or the operator", { kind: "settings" }),
      ...(leftover ? [opens("Deal with the leftover restore database", { kind: "leftover" })] : []),
      ...(planOf(world)?.found === undefined ? [] : [SAVE]),
      ...(blocked ? [] : [begin]),
      ...optional,
      { ...LEAVE, label: "Leave" },
    ],
  };
}

function skippable(world: World): readonly Button[] {
  if (world.launch.status !== "planned") return [];
  const { plan } = world.launch;
  if (plan.resumes !== undefined) return [];
  return plan.checklist.sections.flatMap(({ items }) =>
    items.flatMap(({ steps }) =>
      steps.flatMap(({ id, title, optional }) =>
        optional && plan.steps[id]?.notApplicable === undefined
          ? [opens(`Skip: ${title}`, { kind: "plan-skip", step: id })]
          : [],
      ),
    ),
  );
}
