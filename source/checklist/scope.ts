/** Which variables may be named at a place of a checklist. */
import {
  type Complaint,
  child,
  type Located,
  type LocatedScalar,
  list,
  quote,
  textAt,
  texts,
} from "../yaml/located.ts";
import { nearest } from "../yaml/suggest.ts";
import { OFFERED_SECRETS, RESERVED_VARIABLES } from "./offered.ts";
import { fragments } from "./references.ts";
import type { ActionCatalogue } from "./types.ts";

export interface Vocabulary {
  /** The document's text, to point at a reference inside a longer text. */
  readonly source: string;
  readonly catalogue: ActionCatalogue;
  readonly offered: ReadonlySet<string>;
}

export class Scope {
  readonly #known: Set<string>;
  readonly #offered: ReadonlySet<string>;
  readonly #secret = new Set(Object.keys(OFFERED_SECRETS));
  readonly #source: string;
  /** Set somewhere in the document, perhaps only later: makes for better hints. */
  readonly #anywhere: ReadonlyMap<string, string>;

  constructor(vocabulary: Vocabulary, anywhere: ReadonlyMap<string, string>) {
    this.#known = new Set(vocabulary.offered);
    this.#offered = vocabulary.offered;
    this.#source = vocabulary.source;
    this.#anywhere = anywhere;
  }

  declare(name: string, secret: boolean): void {
    (secret ? this.#secret : this.#known).add(name);
  }

  learn(names: readonly string[]): void {
    for (const name of names) this.#known.add(name);
  }

  isSecret(name: string): boolean {
    return this.#secret.has(name);
  }

  /** Why nobody but the environment may set this name. */
  claimed(name: string): { readonly message: string; readonly hint: string } | undefined {
    const hint = "Choose another name.";
    if (this.#offered.has(name) || Object.hasOwn(OFFERED_SECRETS, name)) {
      return { message: `variable ${quote(name)} is given by the environment`, hint };
    }
    if (RESERVED_VARIABLES.has(name)) {
      return { message: `variable ${quote(name)} steers bash or the programs it runs`, hint };
    }
    return undefined;
  }

  /** Complaints about what texts refer to, in a node or below it. */
  checkTexts(node: Located | undefined): readonly Complaint[] {
    return texts(node).flatMap((scalar) => this.#checkText(scalar));
  }

  checkName(name: string, at: number): readonly Complaint[] {
    if (this.#known.has(name)) return [];
    if (this.#secret.has(name)) {
      const message = `secret variable ${quote(name)} is named outside of a run or start body`;
      const hint = "Only run and start bodies can read secrets, from their environment.";
      return [{ at, message, hint }];
    }
    return [{ at, message: `unknown variable ${quote(name)}`, hint: this.#hint(name) }];
  }

  #checkText(scalar: LocatedScalar & { value: string }): readonly Complaint[] {
    let from = scalar.start;
    return fragments(scalar.value).flatMap((part) => {
      if (part.kind === "text") return [];
      const found = this.#source.indexOf(part.written, from);
      const at = found >= 0 && found < scalar.end ? found : scalar.start;
      if (found === at) from = at + 1;
      if (part.kind === "reference") return this.checkName(part.name, at);
      const message = `${quote(part.written)} is not a reference to a variable`;
      return [{ at, message, hint: "Write ${NAME}, or $${ where a literal ${ is meant." }];
    });
  }

  #hint(name: string): string {
    const setter = this.#anywhere.get(name);
    if (setter !== undefined) return `It is set only later, by ${setter}.`;
    const guess = nearest(name, this.#known);
    if (guess !== undefined) return `Did you mean "${guess}"?`;
    return 'Declare it under "variables", or let an earlier step capture it.';
  }
}

/** Variables that a step sets, in order. */
export function setBy(step: Located, catalogue: ActionCatalogue): readonly string[] {
  const capture = textAt(step, "capture");
  const uses = textAt(step, "uses");
  const known = uses !== undefined && Object.hasOwn(catalogue, uses);
  const outputs = known ? Object.keys(catalogue[uses]?.outputs ?? {}) : [];
  const answers = list(child(step, "ask")).flatMap((question) => textAt(question, "name") ?? []);
  return [...(capture === undefined ? [] : [capture]), ...outputs, ...answers];
}
