/** Dialogs before the drill begins: variables, a leftover restore database, steps to skip. */

import type { StepId } from "../../drill/types.ts";
import type { PlanVariable } from "../../engine/interface.ts";
import type { Problem } from "../../problem.ts";
import { isLeftover } from "../model/plan.ts";
import { findStep, planOf, type World } from "../model/world.ts";
import { BLANK, labelled, paragraph } from "../text/rows.ts";
import {
  type Button,
  CANCEL,
  type DialogSpec,
  entered,
  type Field,
  reasonField,
  type Values,
} from "./spec.ts";

export function settingsDialog(world: World, operator: string): DialogSpec | undefined {
  const plan = planOf(world);
  if (plan === undefined) return undefined;
  const open = plan.variables.filter(({ declaration }) => !declaration.secret);
  const operatorField: Field = {
    name: "operator",
    label: "Operator",
    kind: "line",
    initial: operator,
    optional: false,
  };
  return {
    title: "Variables",
    body: (width) => paragraph("The plan is made anew with what you set here.", width),
    fields: [...open.map(variableField), operatorField],
    buttons: [
      {
        label: "Use these",
        primary: true,
        needs: [...open.map(({ declaration }) => `var:${declaration.name}`), "operator"],
        press: (values) => {
          const overrides = changed(open, values);
          return {
            operator: entered(values, "operator"),
            ...(Object.keys(overrides).length === 0
              ? {}
              : { effects: [{ type: "change", overrides }] }),
          };
        },
      },
      CANCEL,
    ],
  };
}

function changed(
  variables: readonly PlanVariable[],
  values: Values,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    variables.flatMap(({ declaration: { name }, value }) => {
      const now = values[`var:${name}`] ?? value;
      return now === value ? [] : [[name, now] as const];
    }),
  );
}

function variableField({ declaration, value }: PlanVariable): Field {
  const { name, choices, matches, description } = declaration;
  return {
    name: `var:${name}`,
    label: name,
    kind: choices === undefined ? "line" : "choice",
    ...(choices === undefined ? {} : { choices }),
    initial: value,
    optional: true,
    plain: true,
    ...(description === undefined ? {} : { hint: description }),
    check: (typed) =>
      matches === undefined || new RegExp(`^(?:${matches})$`, "u").test(typed)
        ? undefined
        : `${name} must match ${matches}.`,
  };
}

export function leftoverOf(world: World): Problem | undefined {
  return world.launch.status === "planned" ? world.launch.problems.find(isLeftover) : undefined;
}

export function leftoverDialog(world: World): DialogSpec | undefined {
  const problem = leftoverOf(world);
  if (problem === undefined) return undefined;
  const details = problem.details ?? {};
  const database = details.database ?? "";
  const marker = details.marker ?? "";
  // Only decides what is offered; before dropping, the mark is read again on the server.
  const ours = /^"?restore-drill: made by drill /.test(marker);
  const stamp = new Date(world.now).toISOString().slice(0, 10).replaceAll("-", "");
  const name: Field = {
    name: "name",
    label: "Another name for the restore database",
    kind: "line",
    initial: `${database}_${stamp}`,
    optional: false,
    check: (value) => (value === database ? "That is the name that is taken." : undefined),
  };
  const typed: Field = {
    name: "typed",
    label: `To drop it, type its name: ${database}`,
    kind: "line",
    initial: "",
    optional: false,
    check: (value) => (value === database ? undefined : "That is not its name."),
  };
  const use: Button = {
    label: "Use the other name",
    primary: true,
    needs: ["name"],
    press: (values) => ({
      effects: [{ type: "change", overrides: { RESTORE_DB: entered(values, "name") } }],
    }),
  };
  const drop: Button = {
    label: "Drop the leftover",
    needs: ["typed"],
    press: (values) => ({ effects: [{ type: "drop-leftover", typed: values.typed ?? "" }] }),
  };
  return {
    title: "The restore database exists already",
    body: (width) => [
      ...paragraph(problem.message, width, { tone: "bad" }),
      BLANK,
      ...Object.entries(details).flatMap(([label, value]) =>
        labelled(label, value, { width, labelWidth: 14 }),
      ),
      BLANK,
      ...paragraph(
        ours
          ? "An earlier drill made it, its mark says so: it may be dropped."
          : "It does not carry the mark of a drill: this app will not drop it.",
        width,
        { tone: ours ? "info" : "warn" },
      ),
    ],
    fields: ours ? [name, typed] : [name],
    buttons: ours ? [use, drop, CANCEL] : [use, CANCEL],
  };
}

export function planSkipDialog(world: World, id: StepId): DialogSpec | undefined {
  const located = findStep(world, id);
  if (located === undefined) return undefined;
  return {
    title: `Skip: ${located.step.title}`,
    body: (width) => paragraph("The step is optional. The reason goes into the record.", width),
    fields: [reasonField("Reason")],
    buttons: [
      {
        label: "Skip it",
        primary: true,
        needs: ["reason"],
        press: (values) => ({ skip: { step: id, reason: entered(values, "reason") } }),
      },
      {
        label: "Do not skip it",
        needs: [],
        press: () => ({ skip: { step: id, reason: undefined } }),
      },
      CANCEL,
    ],
  };
}
