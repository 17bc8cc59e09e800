/** A human step: what to do, the questions it asks, and a note as evidence. */
import type { Question } from "../../checklist/types.ts";
import { questionComplaint } from "../../drill/decide-step.ts";
import type { StepId } from "../../drill/types.ts";
import { findStep, type World } from "../model/world.ts";
import { linked } from "../text/rows.ts";
import { CANCEL, type DialogSpec, entered, type Field, type Outcome, send } from "./spec.ts";

export function answerDialog(world: World, id: StepId): DialogSpec | undefined {
  const located = findStep(world, id);
  if (located === undefined || located.step.kind !== "confirm") return undefined;
  const { step } = located;
  const questions = step.ask.map((question) => questionField(question, world));
  const note: Field = {
    name: "note",
    label: "Note",
    kind: "lines",
    initial: "",
    optional: true,
    hint: "what you saw, kept as evidence",
  };
  const confirm = (done: boolean, values: Readonly<Record<string, string>>): Outcome => {
    const text = entered(values, "note");
    const answers = step.ask.flatMap(({ name }) => {
      const value = entered(values, `ask:${name}`);
      return value === "" ? [] : [[name, value] as const];
    });
    return send({
      type: "confirm-step",
      step: id,
      done,
      ...(text === "" ? {} : { note: text }),
      values: done ? Object.fromEntries(answers) : {},
    });
  };
  return {
    title: world.expand(step.title),
    body: (width) => linked(world.expand(step.confirm.trim()), width),
    fields: [...questions, note],
    buttons: [
      {
        label: "Done",
        primary: true,
        needs: questions.map(({ name }) => name),
        press: (values) => confirm(true, values),
      },
      { label: "Could not confirm", needs: [], press: (values) => confirm(false, values) },
      CANCEL,
    ],
  };
}

function questionField(question: Question, world: World): Field {
  const { choices } = question;
  return {
    name: `ask:${question.name}`,
    label: world.expand(question.label),
    kind: choices === undefined ? "line" : "choice",
    ...(choices === undefined ? {} : { choices }),
    initial: "",
    optional: question.optional,
    check: (value) => questionComplaint(question, value.trim()),
  };
}
