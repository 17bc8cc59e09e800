/** What one step says: its kind, its action, its texts, its condition. */
import {
  type Complaint,
  child,
  keyOf,
  type Located,
  type LocatedMap,
  list,
  quote,
  text,
} from "../yaml/located.ts";
import { didYouMean } from "../yaml/suggest.ts";
import { referencesIn } from "./references.ts";
import type { Scope } from "./scope.ts";
import { patternProblem } from "./text-shape.ts";
import type { ActionCatalogue } from "./types.ts";

export const STEP_KINDS = ["run", "uses", "confirm", "start"] as const;

/** Keys that mean something only beside certain kinds. */
export const KEYS_OF_KINDS: Readonly<Record<string, readonly string[]>> = {
  capture: ["run"],
  undo: ["run"],
  with: ["uses"],
  ask: ["confirm"],
  ready: ["start"],
  timeout: ["run", "uses", "start"],
  retry: ["run", "uses", "start"],
  // Actions and background processes check their own outcome; an expectation that nobody looks at
  // would pass for one that was met.
  expect: ["run"],
};

export function checkStep(
  step: LocatedMap,
  scope: Scope,
  catalogue: ActionCatalogue,
): readonly Complaint[] {
  return [
    ...checkKind(step),
    ...checkAction(step, catalogue),
    ...["with", "confirm", "expect", "ready", "makes", "costs", "destroys"].flatMap((key) =>
      scope.checkTexts(child(step, key)),
    ),
    ...list(child(step, "ask")).flatMap((each) => scope.checkTexts(child(each, "label"))),
    ...checkExpect(child(step, "expect")),
    ...checkReady(child(step, "ready")),
    ...checkWhen(child(step, "when"), scope),
    ...checkTargets(step, scope),
    ...checkUndo(step),
  ];
}

function checkUndo(step: LocatedMap): readonly Complaint[] {
  return ["undo", "removedBy"].flatMap((key) => {
    const at = keyOf(step, key)?.start;
    if (at === undefined || step.entries.has("makes")) return [];
    const message = `${quote(key)} without "makes": nobody is told what it is`;
    return [{ at, message, hint: 'Say in "makes" what the step makes.' }];
  });
}

function checkKind(step: LocatedMap): readonly Complaint[] {
  const kinds = STEP_KINDS.filter((kind) => step.entries.has(kind));
  const one = `A step has exactly one of ${STEP_KINDS.join(", ")}.`;
  const [kind, second] = kinds;
  if (kind === undefined) {
    return [{ at: step.start, message: "the step does nothing", hint: one }];
  }
  if (second !== undefined) {
    const at = keyOf(step, second)?.start ?? step.start;
    const message = `the step has both ${kinds.map(quote).join(" and ")}`;
    return [{ at, message, hint: `${one} Make it two steps.` }];
  }
  return Object.entries(KEYS_OF_KINDS).flatMap(([key, fitting]) => {
    const at = keyOf(step, key)?.start;
    if (at === undefined || fitting.includes(kind)) return [];
    const message = `${quote(key)} means nothing in a ${quote(kind)} step`;
    return [{ at, message, hint: `It goes with ${fitting.join(", ")}.` }];
  });
}

function checkAction(step: LocatedMap, catalogue: ActionCatalogue): readonly Complaint[] {
  const node = child(step, "uses");
  const name = text(node);
  if (node === undefined || name === undefined) return [];
  const action = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
  if (action === undefined) {
    const hint = didYouMean(name, Object.keys(catalogue), "Known are");
    return [{ at: node.start, message: `unknown action ${quote(name)}`, hint }];
  }
  const given = child(step, "with");
  const keys = given?.kind === "map" ? [...given.entries.keys()] : [];
  const unknown = keys.filter((key) => !Object.hasOwn(action.inputs, key));
  const missing = Object.entries(action.inputs).filter(
    ([key, input]) => input.required && !keys.includes(key),
  );
  return [
    ...unknown.map((key) => ({
      at: keyOf(given, key)?.start ?? node.start,
      message: `unknown input ${quote(key)} of ${name}`,
      hint: didYouMean(key, Object.keys(action.inputs), "Its inputs are") || "It takes no inputs.",
    })),
    ...missing.map(([key, input]) => ({
      at: (given ?? node).start,
      message: `${name} needs the input ${quote(key)}`,
      hint: `Add it to "with": ${input.about}`,
    })),
  ];
}

function checkExpect(expect: Located | undefined): readonly Complaint[] {
  if (expect?.kind !== "map") return [];
  if (expect.entries.size === 0) return [emptyMap(expect, "expect")];
  return ["stdout", "stderr"].flatMap((stream) => {
    const output = child(expect, stream);
    if (output?.kind === "map" && output.entries.size === 0) return [emptyMap(output, stream)];
    const matches = child(output, "matches");
    const written = text(matches);
    if (matches === undefined || written === undefined) return [];
    const problem = patternProblem(withoutReferences(written));
    return problem === undefined
      ? []
      : [{ at: matches.start, message: `"matches" ${quote(written)} ${problem}` }];
  });
}

/** A value that will stand in a regular expression is escaped, so any text stands for it here. */
function withoutReferences(written: string): string {
  return referencesIn(written).reduce((rest, name) => rest.replaceAll(`\${${name}}`, "x"), written);
}

function checkReady(ready: Located | undefined): readonly Complaint[] {
  if (ready?.kind !== "map") return [];
  const http = child(ready, "http");
  if (http === undefined && !ready.entries.has("output")) {
    const hint = 'Say "http" (a URL that answers) or "output" (a text that is written).';
    return [{ at: ready.start, message: '"ready" does not say when it is ready', hint }];
  }
  const url = text(http);
  if (http === undefined || url === undefined || /^(https?:\/\/|\$\{)/.test(url)) return [];
  return [{ at: http.start, message: `${quote(url)} is not an http or https URL` }];
}

function checkWhen(when: Located | undefined, scope: Scope): readonly Complaint[] {
  if (when?.kind !== "map") return [];
  if ([...when.entries.keys()].every((key) => key === "reason")) return [emptyMap(when, "when")];
  const equals = child(when, "equals");
  const names = equals?.kind === "map" ? [...equals.entries] : [];
  return [
    ...["set", "unset"].flatMap((key) => {
      const node = child(when, key);
      const name = text(node);
      return node === undefined || name === undefined ? [] : scope.checkName(name, node.start);
    }),
    ...names.flatMap(([name, { key }]) => scope.checkName(name, key.start)),
    ...["equals", "file", "reason"].flatMap((key) => scope.checkTexts(child(when, key))),
    ...checkFile(child(when, "file")),
  ];
}

function checkFile(file: Located | undefined): readonly Complaint[] {
  const path = text(file);
  if (file === undefined || path === undefined) return [];
  if (!/^([/\\]|[A-Za-z]:)/.test(path) && !path.split(/[/\\]/).includes("..")) return [];
  const message = `${quote(path)} is not below the project directory`;
  return [{ at: file.start, message, hint: "Give a path relative to the project directory." }];
}

/** Names that `capture` and `ask` set. */
function checkTargets(step: LocatedMap, scope: Scope): readonly Complaint[] {
  const questions = list(child(step, "ask")).map((question) => child(question, "name"));
  return [child(step, "capture"), ...questions].flatMap((node) => {
    const name = text(node);
    if (node === undefined || name === undefined) return [];
    const claimed = scope.claimed(name);
    if (claimed !== undefined) return [{ at: node.start, ...claimed }];
    if (scope.isSecret(name)) {
      const message = `secret variable ${quote(name)} cannot be set by a step`;
      return [{ at: node.start, message, hint: "Answers and captured output are saved." }];
    }
    if (name !== "RESTORE_DB") return [];
    const message = "a step cannot change RESTORE_DB";
    return [{ at: node.start, message, hint: "It is settled before the drill starts." }];
  });
}

function emptyMap(node: Located, key: string): Complaint {
  return { at: node.start, message: `"${key}" says nothing`, hint: "Fill it in or leave it out." };
}
