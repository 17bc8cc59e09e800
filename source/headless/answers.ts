/** The answers file: what stands in for an operator's ticks and words in headless mode. */
import { z } from "zod";
import type { Checklist, ConfirmStep } from "../checklist/types.ts";
import { answerComplaint } from "../drill/decide-step.ts";
import { stepsInOrder } from "../drill/state.ts";
import type { Problem } from "../problem.ts";

const answerSchema = z.strictObject({
  done: z.boolean(),
  note: z.string().optional(),
  values: z.record(z.string(), z.coerce.string()).optional(),
});

export const answersSchema = z.strictObject({
  operator: z.string().min(1).optional(),
  answers: z.record(z.string(), answerSchema).optional(),
  signOff: z
    .strictObject({ issues: z.string().optional(), statement: z.string().optional() })
    .optional(),
});

export interface Answer {
  readonly done: boolean;
  readonly note?: string | undefined;
  readonly values?: Readonly<Record<string, string>> | undefined;
}

export interface Answers {
  readonly operator?: string | undefined;
  readonly answers: Readonly<Record<string, Answer>>;
  readonly issues?: string | undefined;
  readonly statement?: string | undefined;
}

export const NO_ANSWERS: Answers = { answers: {} };

export function toAnswers(document: z.infer<typeof answersSchema>): Answers {
  return {
    operator: document.operator,
    answers: document.answers ?? {},
    issues: document.signOff?.issues,
    statement: document.signOff?.statement,
  };
}

/** Answers for steps that do not exist, are not for humans, or whose values do not do. */
export function answerProblems(answers: Answers, checklist: Checklist): readonly Problem[] {
  const steps = stepsInOrder(checklist.sections).map(({ step }) => step);
  const human = steps.filter((step): step is ConfirmStep => step.kind === "confirm");
  return Object.entries(answers.answers).flatMap(([id, answer]): Problem[] => {
    const step = human.find((one) => one.id === id);
    if (step === undefined) {
      const exists = steps.some((one) => one.id === id);
      return [
        {
          code: "invalid",
          where: id,
          message: exists
            ? `The answers file answers step "${id}", which asks nobody.`
            : `The answers file answers step "${id}", which checklist "${checklist.id}" does not have.`,
          hint: `Human steps here: ${human.map((one) => one.id).join(", ") || "none"}.`,
        },
      ];
    }
    const complaint = answer.done ? answerComplaint(step.ask, answer.values ?? {}) : undefined;
    if (complaint === undefined) return [];
    return [
      {
        code: "invalid",
        where: id,
        message: `The answer for step "${id}" does not do: ${complaint}`,
        hint: "Correct its values in the answers file.",
      },
    ];
  });
}
