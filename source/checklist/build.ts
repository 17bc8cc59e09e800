/** A checked document to the frozen checklist that everybody else reads. */
import { durationSeconds } from "./duration.ts";
import { mapEffects } from "./effects.ts";
import type { ChecklistDocument, ItemDocument, VariableDocument } from "./shape.ts";
import type {
  ExpectDocument,
  OutputDocument,
  QuestionDocument,
  ReadyDocument,
  RetryDocument,
  StepDocument,
  WhenDocument,
} from "./step-shape.ts";
import type {
  Checklist,
  ChecklistSource,
  Condition,
  Expectation,
  Item,
  Question,
  Readiness,
  Retry,
  Step,
  StepCommon,
  TextExpectation,
  VariableDeclaration,
} from "./types.ts";

const READY_WITHIN = 60;
const RETRY_AFTER = 1;

export function buildChecklist(document: ChecklistDocument, source: ChecklistSource): Checklist {
  const { variables = {}, sections, ...rest } = document;
  return freeze({
    ...rest,
    source,
    variables: Object.entries(variables).map(([name, value]) => variable(name, value)),
    sections: sections.map((section) => ({ ...section, items: section.items.map(item) })),
  });
}

function variable(name: string, value: string | VariableDocument): VariableDeclaration {
  if (typeof value === "string") return { name, default: value, secret: false };
  return { name, ...value, secret: value.secret ?? false };
}

function item(document: ItemDocument): Item {
  const optional = document.optional ?? false;
  return { ...document, optional, steps: document.steps.map((each) => step(each, optional)) };
}

function step(document: StepDocument, inOptionalItem: boolean): Step {
  const common = commonOf(document, inOptionalItem);
  const { run, capture, undo, uses, confirm, start, ready } = document;
  if (run !== undefined) {
    return {
      ...{ kind: "run", ...common, run },
      ...(capture === undefined ? {} : { capture }),
      ...(undo === undefined ? {} : { undo }),
    };
  }
  if (uses !== undefined) return { kind: "uses", ...common, uses, with: document.with ?? {} };
  if (confirm !== undefined) {
    return { kind: "confirm", ...common, confirm, ask: (document.ask ?? []).map(question) };
  }
  return {
    kind: "start",
    ...common,
    start: start ?? "",
    ...(ready === undefined ? {} : { ready: readiness(ready) }),
  };
}

function commonOf(document: StepDocument, inOptionalItem: boolean): StepCommon {
  const { id, title, about, when, timeout, retry, expect } = document;
  return {
    id,
    title,
    ...(about === undefined ? {} : { about }),
    optional: inOptionalItem || (document.optional ?? false),
    always: document.always ?? false,
    ...(when === undefined ? {} : { when: condition(when) }),
    ...(timeout === undefined ? {} : { timeoutSeconds: seconds(timeout, 0) }),
    ...(retry === undefined ? {} : { retry: retrying(retry) }),
    ...(expect === undefined ? {} : { expect: expectation(expect) }),
    ...mapEffects(document, (text) => text),
  };
}

function condition({ has, ...rest }: WhenDocument): Condition {
  if (has === undefined) return rest;
  return { ...rest, has: typeof has === "string" ? [has] : has };
}

function expectation({ exit, stdout, stderr, clean }: ExpectDocument): Expectation {
  return {
    ...(clean === undefined ? {} : { clean }),
    ...(exit === undefined ? {} : { exit }),
    ...(stdout === undefined ? {} : { stdout: output(stdout) }),
    ...(stderr === undefined ? {} : { stderr: output(stderr) }),
  };
}

function output(document: OutputDocument): TextExpectation {
  return typeof document === "string" ? { contains: document } : document;
}

function question(document: QuestionDocument): Question {
  return { ...document, optional: document.optional ?? false };
}

function readiness({ timeout, ...rest }: ReadyDocument): Readiness {
  return { ...rest, timeoutSeconds: seconds(timeout, READY_WITHIN) };
}

function retrying({ times, delay }: RetryDocument): Retry {
  return { times, delaySeconds: seconds(delay, RETRY_AFTER) };
}

function seconds(written: string | number | undefined, otherwise: number): number {
  return written === undefined ? otherwise : (durationSeconds(written) ?? otherwise);
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freeze(inner);
  }
  return value;
}
