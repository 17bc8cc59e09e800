/**
 * What no shape can say: unique ids, actions and their inputs, variables known where they are
 * named. Works on any document, also one whose shape is wrong, so that all complaints come at once.
 */
import { type Complaint, child, type Located, list, quote, text, textAt } from "../yaml/located.ts";
import { checkStep } from "./meaning-step.ts";
import { checkVariables } from "./meaning-variables.ts";
import { Scope, setBy, type Vocabulary } from "./scope.ts";

export function checkMeaning(root: Located, vocabulary: Vocabulary): readonly Complaint[] {
  const sections = list(child(root, "sections"));
  const items = sections.flatMap((section) => list(child(section, "items")));
  const steps = items.flatMap((item) => list(child(item, "steps")));
  const scope = new Scope(vocabulary, settersOf(steps, vocabulary));
  return [
    ...checkIds("item", items, vocabulary.source),
    ...checkIds("step", steps, vocabulary.source),
    ...checkVariables(
      root,
      scope,
      new Set(steps.flatMap((step) => setBy(step, vocabulary.catalogue))),
    ),
    ...labels(root, scope),
    ...sections.flatMap((section) => checkSection(section, scope, vocabulary)),
  ];
}

function checkSection(section: Located, scope: Scope, vocabulary: Vocabulary): Complaint[] {
  return [
    ...labels(section, scope),
    ...list(child(section, "items")).flatMap((item) => [
      ...labels(item, scope),
      ...list(child(item, "steps")).flatMap((step) => inOrder(step, scope, vocabulary)),
    ]),
  ];
}

/** A step sees what earlier ones set, never what it sets itself. */
function inOrder(step: Located, scope: Scope, vocabulary: Vocabulary): readonly Complaint[] {
  if (step.kind !== "map") return [];
  const complaints = [...labels(step, scope), ...checkStep(step, scope, vocabulary.catalogue)];
  scope.learn(setBy(step, vocabulary.catalogue));
  return complaints;
}

function labels(node: Located, scope: Scope): readonly Complaint[] {
  return ["title", "about"].flatMap((key) => scope.checkTexts(child(node, key)));
}

function settersOf(steps: readonly Located[], vocabulary: Vocabulary): ReadonlyMap<string, string> {
  const setters = new Map<string, string>();
  for (const step of steps) {
    const label = `the step ${quote(textAt(step, "id") ?? "?")}`;
    for (const name of setBy(step, vocabulary.catalogue)) {
      if (!setters.has(name)) setters.set(name, label);
    }
  }
  return setters;
}

function checkIds(what: string, holders: readonly Located[], source: string): Complaint[] {
  const first = new Map<string, number>();
  return holders.flatMap((holder) => {
    const node = child(holder, "id");
    const id = text(node);
    if (node === undefined || id === undefined) return [];
    // Ids become names of files, and some file systems do not tell case apart.
    const earlier = first.get(id.toLowerCase());
    if (earlier === undefined) {
      first.set(id.toLowerCase(), node.start);
      return [];
    }
    const line = source.slice(0, earlier).split("\n").length;
    const message = `the ${what} id ${quote(id)} is used twice`;
    return [{ at: node.start, message, hint: `It is first used in line ${line}; rename one.` }];
  });
}
