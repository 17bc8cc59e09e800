import { type DrillState, type LocatedStep, stepRecord, stepsInOrder } from "../../drill/state.ts";
import type { StepId } from "../../drill/types.ts";
import { runningStep } from "../model/attention.ts";
import { outcomeRows } from "../model/outcome.ts";
import { findStep, type World } from "../model/world.ts";
import { BLANK, paragraph } from "../text/rows.ts";
import {
  type Button,
  CANCEL,
  type DialogSpec,
  entered,
  type Outcome,
  reasonField,
  send,
} from "./spec.ts";

/** Where a reason goes when a step is not to hold up the drill. */
export type Excuse = "skip-step" | "leave-standing" | "waive-step";

export function excuseFor(world: World, { step }: LocatedStep): Excuse {
  if (!step.optional) return "waive-step";
  const failed =
    world.drill !== undefined && stepRecord(world.drill, step.id).state.status === "failed";
  return failed ? "leave-standing" : "skip-step";
}

const EXCUSES: Readonly<Record<Excuse, { verb: string; about: string; done: string }>> = {
  "skip-step": {
    verb: "Skip",
    about: "An optional step may be left out. The reason goes into the record.",
    done: "Skipped.",
  },
  "leave-standing": {
    verb: "Leave standing",
    about: "The failure stays in the record as a deviation, with your reason.",
    done: "Left standing.",
  },
  "waive-step": {
    verb: "Waive",
    about:
      "The step is required: waiving it makes the verdict a deviation, with your reason in the record.",
    done: "Waived.",
  },
};

export function excuseDialog(world: World, id: StepId): DialogSpec | undefined {
  const located = findStep(world, id);
  if (located === undefined) return undefined;
  const type = excuseFor(world, located);
  const { verb, about, done } = EXCUSES[type];
  return {
    title: `${verb}: ${located.step.title}`,
    body: (width) => paragraph(about, width),
    fields: [reasonField("Reason")],
    buttons: [
      {
        label: verb,
        primary: true,
        needs: ["reason"],
        press: (values) => send({ type, step: id, reason: entered(values, "reason") }, done),
      },
      CANCEL,
    ],
  };
}

export function failureDialog(world: World, id: StepId): DialogSpec | undefined {
  const located = findStep(world, id);
  const { drill } = world;
  if (located === undefined || drill === undefined) return undefined;
  const record = stepRecord(drill, id);
  const interrupted = record.state.status === "interrupted";
  const excuse = EXCUSES[excuseFor(world, located)];
  const buttons: Button[] = [
    { label: "Back to the output", needs: [], press: () => ({}) },
    {
      label: interrupted ? "Run it again" : "Retry",
      about: "later results become stale and run again",
      needs: [],
      press: () => send({ type: "retry-step", step: id }),
    },
    {
      label: excuse.verb,
      about: "go on, with a reason in the record",
      needs: [],
      press: () => ({ open: { kind: "excuse", step: id } }),
    },
    {
      label: "Record a finding",
      about: "something wrong the drill turned up",
      needs: [],
      press: () => ({ open: { kind: "finding", step: id } }),
    },
    ...(located.step.optional
      ? []
      : [
          {
            label: "Give up",
            about: "end the drill with the verdict failed",
            needs: [],
            press: (): Outcome => ({ open: { kind: "give-up" } }),
          },
        ]),
    {
      label: "Abort",
      about: "end the drill, clean up",
      needs: [],
      press: () => ({ open: { kind: "abort" } }),
    },
  ];
  return {
    title: `${interrupted ? "Outcome unknown" : "Failed"}: ${located.step.title}`,
    body: (width) => outcomeRows(world, located, record, width),
    fields: [],
    buttons,
  };
}

export function retryDialog(world: World, id: StepId): DialogSpec | undefined {
  const located = findStep(world, id);
  const { drill } = world;
  if (located === undefined || drill === undefined) return undefined;
  const steps = stepsInOrder(drill.drill?.checklist.sections ?? []).map(({ step }) => step);
  const later = steps
    .slice(steps.findIndex((step) => step.id === id) + 1)
    .filter((step) =>
      ["passed", "failed", "interrupted"].includes(stepRecord(drill, step.id).state.status),
    );
  return {
    title: `Run again: ${located.step.title}`,
    body: (width) => [
      ...paragraph("Nothing that happened is erased.", width),
      ...(later.length === 0
        ? []
        : [
            BLANK,
            ...paragraph(
              `These results become stale and run again: ${later.map(({ title }) => title).join(", ")}.`,
              width,
              { tone: "warn" },
            ),
          ]),
    ],
    fields: [],
    buttons: [
      CANCEL,
      {
        label: "Run again",
        primary: true,
        needs: [],
        press: () => send({ type: "retry-step", step: id }),
      },
    ],
  };
}

export function stopDialog(drill: DrillState): DialogSpec | undefined {
  const running = runningStep(drill);
  if (running === undefined) return undefined;
  return {
    title: `Stop: ${running.step.title}`,
    body: (width) =>
      paragraph(
        "Its processes are ended; its outcome is then unknown, and you decide what next.",
        width,
      ),
    fields: [],
    buttons: [
      { label: "Let it run", needs: [], press: () => ({}) },
      {
        label: "Stop it",
        needs: [],
        press: () => ({ effects: [{ type: "stop", reason: "The operator stopped it." }] }),
      },
    ],
  };
}

export function findingDialog(world: World, id: StepId | undefined): DialogSpec {
  const located = id === undefined ? undefined : findStep(world, id);
  return {
    title: "Record a finding",
    body: (width) =>
      paragraph(
        located === undefined
          ? "Something wrong that this drill turned up."
          : `Something wrong that this drill turned up, at "${located.step.title}".`,
        width,
      ),
    fields: [{ name: "text", label: "Finding", kind: "lines", initial: "", optional: false }],
    buttons: [
      {
        label: "Record",
        primary: true,
        needs: ["text"],
        press: (values) =>
          send(
            {
              type: "record-finding",
              text: entered(values, "text"),
              ...(id === undefined ? {} : { step: id }),
            },
            "Finding recorded.",
          ),
      },
      CANCEL,
    ],
  };
}
