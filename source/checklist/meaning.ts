/**
 * What no shape can say: unique ids, actions and their inputs, variables known where they are
 * named. Works on any document, also one whose shape is wrong, so that all complaints come at once.
 */
import { type Complaint, child, type Located, list, quote, text, textAt } from "../yaml/located.ts";
import { didYouMean } from "../yaml/suggest.ts";
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
    ...checkFit(root, steps, vocabulary),
    ...checkRemovers(steps),
    ...sections.flatMap((section) => checkSection(section, scope, vocabulary)),
  ];
}

/** Nothing is restored in place: what a drill makes in production is an instance of its own. */
function checkFit(
  root: Located,
  steps: readonly Located[],
  { catalogue }: Vocabulary,
): readonly Complaint[] {
  const fit = list(child(root, "fit")).map((place) => text(place));
  if (!fit.includes("production")) return [];
  return steps.flatMap((step) => {
    const node = child(step, "uses");
    const name = text(node) ?? "";
    const action = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
    if (node === undefined || action?.besidePrimary !== true) return [];
    const message = `the action ${quote(name)} writes on the primary's own server, and the checklist says it is fit for production`;
    const hint = "Restore into an instance of its own, or leave production out of `fit`.";
    return [{ at: node.start, message, hint }];
  });
}

const UNDO = "drill/undo";

/** What says that a later step removes it must mean a step that does. */
function checkRemovers(steps: readonly Located[]): readonly Complaint[] {
  const ids = steps.map((step) => textAt(step, "id"));
  const named = new Set(steps.map((step) => textAt(step, "removedBy")));
  return steps.flatMap((step, at) => {
    const node = child(step, "removedBy");
    const later = ids.slice(at + 1);
    const remover = steps[at + 1 + later.indexOf(text(node))];
    const own = step.kind === "map" && step.entries.has("undo");
    const complaints: Complaint[] = [];
    if (node !== undefined && !later.includes(text(node))) {
      const message = `no later step has the id ${quote(text(node) ?? "?")}`;
      const known = later.filter((id) => id !== undefined);
      complaints.push({
        at: node.start,
        message,
        hint: didYouMean(text(node) ?? "", known, "Later are"),
      });
    } else if (node !== undefined && own && textAt(remover, "uses") !== UNDO) {
      const message = `the step ${quote(text(node) ?? "?")} does not run this step's "undo"`;
      complaints.push({ at: node.start, message, hint: `Let it say \`uses: ${UNDO}\`.` });
    }
    const uses = child(step, "uses");
    if (uses !== undefined && text(uses) === UNDO && !named.has(ids[at])) {
      const message = "no step says that this one removes what it makes";
      complaints.push({
        at: uses.start,
        message,
        hint: `Add "removedBy: ${ids[at] ?? "?"}" to the step that makes it.`,
      });
    }
    return complaints;
  });
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
