/** The definition of a step. */
import { z } from "zod";
import { CAPABILITIES } from "./offered.ts";
import { duration, idText, lineText, namedText, pattern, proseText, quoted } from "./text-shape.ts";

const textShape = z
  .strictObject({
    contains: quoted.exactOptional().describe("Text that must occur."),
    matches: quoted
      .exactOptional()
      .describe("A regular expression that must match somewhere; `^` and `$` are line ends."),
    equals: quoted.exactOptional().describe("The whole text, apart from space around it."),
    empty: z
      .boolean()
      .exactOptional()
      .describe("True: nothing but space may be written. False: something must be."),
  })
  .meta({ id: "text-expectation", description: "All given keys must hold." });

const outputShape = z.union([quoted, textShape]);

const expectShape = z
  .strictObject({
    exit: z.int().min(0).max(255).exactOptional().describe("Exit status. Default 0."),
    stdout: outputShape
      .exactOptional()
      .describe("What standard output must hold: a text that occurs in it, or a mapping."),
    stderr: outputShape.exactOptional().describe("The same for standard error."),
    clean: z
      .boolean()
      .exactOptional()
      .describe(
        "True: no line of its output may begin as one that tells of a failure does (`ERROR`, `Failed`, `✗`), whatever its exit status.",
      ),
  })
  .meta({ id: "expectation", description: "What the outcome must look like." });

const capability = z.enum(Object.keys(CAPABILITIES));

const whenShape = z
  .strictObject({
    has: z
      .union([capability, z.array(capability).min(1)])
      .exactOptional()
      .describe("What the environment must offer: a name or a list of names."),
    file: lineText
      .exactOptional()
      .describe("A file or directory below the project directory that must exist."),
    script: lineText
      .exactOptional()
      .describe("An npm script that the project's package.json must have."),
    set: namedText.exactOptional().describe("A variable that must be set and not empty."),
    unset: namedText.exactOptional().describe("A variable that must be unset or empty."),
    equals: z
      .record(namedText, quoted)
      .exactOptional()
      .describe("Variables that must have these values."),
    reason: lineText
      .exactOptional()
      .describe("Why the step does not apply otherwise, in the operator's words."),
  })
  .meta({
    id: "condition",
    description:
      "All given keys must hold, else the step is not applicable, with the reason shown.",
  });

const questionShape = z
  .strictObject({
    name: namedText.describe("Variable that receives the answer."),
    label: lineText.describe("What the operator is asked."),
    matches: pattern
      .exactOptional()
      .describe("A regular expression that the whole answer must match."),
    choices: z.array(quoted).min(1).exactOptional().describe("The only answers."),
    optional: z.boolean().exactOptional().describe("True: may be left empty. Default false."),
  })
  .meta({ id: "question", description: "Evidence asked of the operator." });

const readyShape = z
  .strictObject({
    http: lineText.exactOptional().describe("Ready when this URL answers with a 2xx status."),
    output: quoted.exactOptional().describe("Ready when the output holds this text."),
    timeout: duration.exactOptional().describe("How long to wait. Default 60s."),
  })
  .meta({ id: "readiness", description: "When a background process counts as up." });

const retryShape = z
  .strictObject({
    times: z.int().min(1).max(1000).describe("Attempts after the first."),
    delay: duration.exactOptional().describe("Pause before each. Default 1s."),
  })
  .meta({ id: "retry", description: "Trying again before it counts as failed." });

export const stepShape = z
  .strictObject({
    id: idText.describe("Name of the step, unique in the whole checklist."),
    title: lineText.describe("What it does, in a few words."),
    about: proseText.exactOptional().describe("Why it is done, for a nervous operator."),
    run: quoted
      .min(1)
      .exactOptional()
      .describe(
        "A bash script (`-euo pipefail`) run on this host in the project directory. It reads variables from its environment; nothing is put into its text.",
      ),
    capture: namedText
      .exactOptional()
      .describe("With `run`: the variable that receives the trimmed standard output."),
    uses: lineText.exactOptional().describe("The name of a built-in action, see below."),
    with: z
      .record(z.string(), z.json())
      .exactOptional()
      .describe("With `uses`: the inputs of the action."),
    confirm: proseText
      .exactOptional()
      .describe("What a human is to do or look at; the step waits for a tick."),
    ask: z
      .array(questionShape)
      .min(1)
      .exactOptional()
      .describe("With `confirm`: evidence to give along with the tick."),
    start: quoted
      .min(1)
      .exactOptional()
      .describe("A bash script that stays in the background and is stopped when the drill ends."),
    ready: readyShape.exactOptional().describe("With `start`: when it counts as up."),
    makes: lineText
      .exactOptional()
      .describe("What it makes that outlives the step; told in the plan and before it runs."),
    costs: lineText
      .exactOptional()
      .describe("What that costs, by kind: `instance hours and storage, until it is deleted`."),
    removedBy: idText
      .exactOptional()
      .describe("With `makes`: the later step that removes it. Without one, it stays."),
    destroys: lineText
      .exactOptional()
      .describe("What it deletes; told in the plan and before it runs."),
    undo: quoted
      .min(1)
      .exactOptional()
      .describe(
        "With `run` and `makes`: a bash script that removes what was made, and succeeds when there is nothing to remove. It is owed from the moment the step starts: the step `removedBy` (`uses: drill/undo`) runs it, or the end of the drill, or `restore-drill abandon` after a crash.",
      ),
    optional: z
      .boolean()
      .exactOptional()
      .describe("True: may be skipped with a reason. Default false."),
    always: z
      .boolean()
      .exactOptional()
      .describe(
        "True: runs even after a required step failed. A `confirm` step: if a step that names it in `removedBy` was begun. Default false.",
      ),
    when: whenShape.exactOptional().describe("When it applies at all."),
    timeout: duration
      .exactOptional()
      .describe("How long it may take: seconds, or `90s`, `5m`, `2h`. Not with `confirm`."),
    retry: retryShape
      .exactOptional()
      .describe("Trying again before it counts as failed. Not with `confirm`."),
    expect: expectShape.exactOptional().describe("With `run`: what the outcome must look like."),
  })
  .meta({
    id: "step",
    description: "One thing that runs or is confirmed: exactly one of run, uses, confirm, start.",
  });

export type StepDocument = z.output<typeof stepShape>;
export type WhenDocument = z.output<typeof whenShape>;
export type ExpectDocument = z.output<typeof expectShape>;
export type OutputDocument = z.output<typeof outputShape>;
export type QuestionDocument = z.output<typeof questionShape>;
export type ReadyDocument = z.output<typeof readyShape>;
export type RetryDocument = z.output<typeof retryShape>;
