/**
 * A loaded, validated and frozen checklist. Everything here came through the loader, so no
 * reader needs to check it again. Strings still hold `${NAME}` references unless said otherwise.
 */

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

export interface Checklist {
  readonly id: string;
  readonly title: string;
  readonly about?: string;
  /** Path or URL of the runbook it implements, as written. */
  readonly runbook?: string;
  /** What the log calls a drill of it. Absent: `backup-restore`. */
  readonly kind?: (typeof CHECKLIST_KINDS)[number];
  /** Checklists, runbooks and entries that its entry refers to. */
  readonly related?: readonly string[];
  /** Absent: `["staging"]`. */
  readonly fit?: readonly Place[];
  /** The entry of a drill needs the signature of somebody else than its operator. */
  readonly approval?: "required";
  readonly source: ChecklistSource;
  readonly variables: readonly VariableDeclaration[];
  readonly sections: readonly Section[];
}

export const CHECKLIST_KINDS = ["backup-restore", "combined"] as const;

/** Where a checklist may run. `staging`: whatever is not production, practice as well. */
export const PLACES = ["staging", "production"] as const;
export type Place = (typeof PLACES)[number];

export function fitOf({ fit }: Pick<Checklist, "fit">): readonly Place[] {
  return fit ?? ["staging"];
}

export interface ChecklistSource {
  /** Absolute path of the document. */
  readonly path: string;
  /** `sha256:` and 64 hex digits, over the document's bytes. */
  readonly digest: string;
}

export interface VariableDeclaration {
  readonly name: string;
  /** May refer to variables declared before it or offered by the environment. */
  readonly default?: string;
  readonly choices?: readonly string[];
  /** A regular expression the whole value must match. */
  readonly matches?: string;
  readonly description?: string;
  readonly secret: boolean;
}

export interface Section {
  readonly title: string;
  readonly about?: string;
  readonly items: readonly Item[];
}

/** One line of the validation checklist, one panel on the screen. */
export interface Item {
  readonly id: string;
  readonly title: string;
  readonly about?: string;
  readonly optional: boolean;
  readonly steps: readonly Step[];
}

export type Step = RunStep | UsesStep | ConfirmStep | StartStep;

/** What a step does to the world outside, told in the plan and before it runs. */
export interface Effects {
  readonly makes?: string;
  /** By kind: `instance hours and storage, until it is deleted`. */
  readonly costs?: string;
  /** Id of the later step that removes what this one makes. */
  readonly removedBy?: string;
  readonly destroys?: string;
}

export interface StepCommon extends Effects {
  /** Unique in the whole checklist. */
  readonly id: string;
  readonly title: string;
  readonly about?: string;
  /** True as well when the item is optional. */
  readonly optional: boolean;
  /** Runs even after a required step failed. */
  readonly always: boolean;
  readonly when?: Condition;
  readonly timeoutSeconds?: number;
  readonly retry?: Retry;
  readonly expect?: Expectation;
}

/** A bash script (`-euo pipefail`) run on this host in the project directory. */
export interface RunStep extends StepCommon {
  readonly kind: "run";
  readonly run: string;
  /** Variable that receives the trimmed standard output. */
  readonly capture?: string;
  /** A bash script that removes what `run` made; owed from the moment that the step starts. */
  readonly undo?: string;
}

/** A built-in action. */
export interface UsesStep extends StepCommon {
  readonly kind: "uses";
  readonly uses: string;
  readonly with: Readonly<Record<string, JsonValue>>;
}

/** Something only a human can do or see. */
export interface ConfirmStep extends StepCommon {
  readonly kind: "confirm";
  readonly confirm: string;
  readonly ask: readonly Question[];
}

/** A background process that is stopped by itself when the drill ends. */
export interface StartStep extends StepCommon {
  readonly kind: "start";
  readonly start: string;
  readonly ready?: Readiness;
}

export interface Question {
  /** Variable that receives the answer. */
  readonly name: string;
  readonly label: string;
  /** A regular expression the whole answer must match. */
  readonly matches?: string;
  readonly choices?: readonly string[];
  readonly optional: boolean;
}

export interface Readiness {
  /** Ready when this URL answers with a 2xx status. */
  readonly http?: string;
  /** Ready when the output contains this text. */
  readonly output?: string;
  readonly timeoutSeconds: number;
}

export interface Retry {
  /** Attempts after the first. */
  readonly times: number;
  readonly delaySeconds: number;
}

export interface Expectation {
  readonly exit?: number;
  readonly stdout?: TextExpectation;
  readonly stderr?: TextExpectation;
  /** No line of the output tells of a failure. */
  readonly clean?: boolean;
}

/** All given keys must hold. `matches` is a regular expression, multi-line. */
export interface TextExpectation {
  readonly contains?: string;
  readonly matches?: string;
  readonly equals?: string;
  readonly empty?: boolean;
}

/** All given keys must hold; otherwise the step is not applicable, with the reason shown. */
export interface Condition {
  /** Capabilities the environment must offer. */
  readonly has?: readonly string[];
  /** A file below the project directory that must exist. */
  readonly file?: string;
  /** An npm script the project's package.json must have. */
  readonly script?: string;
  /** Variable that must be set and not empty. */
  readonly set?: string;
  /** Variable that must be unset or empty. */
  readonly unset?: string;
  /** Variables that must have these values. */
  readonly equals?: Readonly<Record<string, string>>;
  /** Says why in the operator's words, instead of the generated reason. */
  readonly reason?: string;
}

/** What the loader must know of the actions; the registry provides it. */
export interface ActionCatalogue {
  readonly [name: string]: {
    readonly about: string;
    /** Keys `with:` may hold. */
    readonly inputs: Readonly<
      Record<string, { readonly about: string; readonly required: boolean }>
    >;
    /** Variables it gives to later steps, with what they hold. */
    readonly outputs: Readonly<Record<string, string>>;
    /** It makes or drops something on the primary's own server. */
    readonly besidePrimary: boolean;
  };
}
