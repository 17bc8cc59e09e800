/** Dialogs about the drill as a whole: end it, leave it, what it made, sign it off, export it. */

import { type DrillState, owed } from "../../drill/state.ts";
import type { World } from "../model/world.ts";
import { BLANK, paragraph } from "../text/rows.ts";
import { CANCEL, type DialogSpec, entered, type Field, reasonField } from "./spec.ts";

export function endDialog(drill: DrillState, type: "abort" | "give-up"): DialogSpec {
  const due = owed(drill).map(({ label }) => label);
  const what =
    type === "abort"
      ? "The drill ends with the verdict aborted. What runs now is stopped."
      : "The drill ends with the verdict failed.";
  return {
    title: type === "abort" ? "Abort the drill" : "Give up the drill",
    body: (width) => [
      ...paragraph(what, width),
      ...paragraph(
        "Only steps that always run are still run; then it is cleaned up, and the sign-off follows.",
        width,
      ),
      ...(due.length === 0 ? [] : [BLANK, ...paragraph(`To clean up: ${due.join(", ")}.`, width)]),
    ],
    fields: [reasonField("Reason")],
    buttons: [
      {
        label: type === "abort" ? "Abort the drill" : "Give up",
        primary: true,
        needs: ["reason"],
        press: (values) => ({
          effects: [{ type: "dispatch", request: { type, reason: entered(values, "reason") } }],
        }),
      },
      { ...CANCEL, label: "Go on with the drill" },
    ],
  };
}

export function leaveDialog(world: World): DialogSpec {
  const { drill } = world;
  const running = drill?.phase === "running";
  return {
    title: "Leave Restore Drill?",
    body: (width) => [
      ...paragraph("The drill is not signed off.", width),
      ...paragraph(
        "Left as it is it can be resumed: what runs is stopped and its outcome is unknown, what it made stays until then.",
        width,
      ),
      BLANK,
      ...paragraph("Ctrl+C leaves as well.", width, { tone: "muted" }),
    ],
    fields: [],
    buttons: [
      { label: "Stay", needs: [], press: () => ({}) },
      {
        label: "Leave, resume later",
        about: drill?.drill === undefined ? "" : `restore-drill resume ${drill.drill.id}`,
        needs: [],
        press: () => ({ effects: [{ type: "leave" }] }),
      },
      ...(running
        ? [
            {
              label: "Abort the drill",
              about: "clean up first",
              needs: [],
              press: () => ({ open: { kind: "abort" as const } }),
            },
          ]
        : []),
    ],
  };
}

export function keepDialog(drill: DrillState): DialogSpec | undefined {
  const things = owed(drill);
  const [first] = things;
  if (first === undefined) return undefined;
  const database = things.find(({ kind }) => kind === "database") ?? first;
  const choice: Field = {
    name: "resource",
    label: "What",
    kind: "choice",
    choices: things.map(({ label }) => label),
    initial: database.label,
    optional: false,
  };
  return {
    title: "Keep instead of cleaning up",
    body: (width) =>
      paragraph(
        "It stays, clearly labelled, for further analysis. The record says so, with your reason.",
        width,
      ),
    fields: [
      ...(things.length === 1 ? [] : [choice]),
      reasonField(`Reason to keep ${database.label}`),
    ],
    buttons: [
      {
        label: "Keep it",
        primary: true,
        needs: ["reason"],
        press: (values) => {
          const label = values.resource ?? first.label;
          const resource = (things.find((one) => one.label === label) ?? first).id;
          return {
            effects: [
              {
                type: "dispatch",
                request: { type: "keep-resource", resource, reason: entered(values, "reason") },
                done: "Kept on purpose.",
              },
            ],
          };
        },
      },
      CANCEL,
    ],
  };
}

export function cleanupDialog(drill: DrillState, id: string): DialogSpec | undefined {
  const resource = drill.resources.find((one) => one.id === id);
  if (resource === undefined) return undefined;
  return {
    title: `Cleanup failed: ${resource.label}`,
    body: (width) => [
      ...paragraph(resource.problem ?? "", width, { tone: "bad" }),
      ...paragraph("The drill cannot be signed off while this is owed.", width),
    ],
    fields: [],
    buttons: [
      { label: "Back", needs: [], press: () => ({}) },
      {
        label: "Retry",
        about: "try to clean it up again",
        needs: [],
        press: () => ({
          effects: [{ type: "dispatch", request: { type: "retry-cleanup", resource: id } }],
        }),
      },
      {
        label: "Keep it",
        about: "on purpose, with a reason",
        needs: [],
        press: () => ({ open: { kind: "keep" } }),
      },
    ],
  };
}
