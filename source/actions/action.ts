/** The one shape of everything `uses:` can name. */
import type { z } from "zod";
import type { Place } from "../checklist/types.ts";
import type { BackupSummary, Check, Measurements, ProofSummary, Resource } from "../drill/types.ts";
import type { Capability, Target, WorkIo } from "../environment/target.ts";
import type { Problem, Result } from "../problem.ts";

export interface Action<Input = unknown> {
  /** `postgres/backup`. */
  readonly name: string;
  /** One sentence for checklists/README.md and the panel. */
  readonly about: string;
  /** Inputs after `${NAME}` expansion; every field has a `.describe()`. */
  readonly inputs: z.ZodType<Input>;
  /** Variables it gives to later steps, with what they hold. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Makes or drops something on the primary's own server: never in production. */
  readonly besidePrimary?: true;
  /** The environment must offer these, or the step is not applicable. */
  readonly needs?: readonly Capability[];
  /** Another reason it does not apply here (no backup file given, ...). */
  notApplicable?(input: Input, context: PlanContext): string | undefined;
  /**
   * Asked right before the step starts, when a look at the environment itself must tell why it
   * cannot offer it. Leaves nothing behind.
   */
  notOffered?(input: Input, context: OfferContext): Promise<string | undefined>;
  /** Commands and statements it will issue, for the plan and the dry run. */
  plan(input: Input, context: PlanContext): readonly string[];
  /** Looked at before the drill starts; touches nothing. */
  preflight?(input: Input, context: PlanContext): Promise<readonly Problem[]>;
  run(input: Input, context: ActionContext): Promise<ActionResult>;
}

export interface PlanContext {
  readonly target: Target;
  /** Name of the restore database (RESTORE_DB). */
  readonly restoreDatabase: string;
  readonly variables: Readonly<Record<string, string>>;
  /**
   * At plan time: variables that earlier steps may still set (see `variablesSetBy`). Without it,
   * any variable that is unset or empty may be.
   */
  readonly pending?: ReadonlySet<string>;
}

export interface DrillFacts {
  readonly id: string;
  readonly startedAt: string;
  /** Of its checklist. */
  readonly fit: readonly Place[];
}

export interface OfferContext extends PlanContext {
  readonly drill: DrillFacts;
  readonly signal: AbortSignal;
}

export interface ActionContext extends OfferContext, WorkIo {
  readonly step: string;
  /** Everything the drill made that is still owed or was kept. */
  readonly resources: readonly Resource[];
  /** Backup files (absolute paths) of log entries whose verdict is passed or passed-with-deviations. */
  passedBackups(): Promise<ReadonlySet<string>>;
  /** A value that must never be shown from now on; before it is written or handed anywhere. */
  secret(value: string): void;
  /** Journals the exact command or statement; await it before issuing the command. */
  command(text: string): Promise<void>;
  /** Registers the undo; await it before, or at the latest right after, the thing exists. */
  register(resource: Omit<Resource, "status" | "reason" | "problem" | "step">): Promise<void>;
  release(resource: string, how: string): Promise<void>;
  /** Made by steps that name this one in `removedBy`, and still owed. */
  readonly toRemove: readonly Resource[];
  /** Says how it went; release it then. */
  undo(resource: Resource): Promise<Result<string>>;
}

export type ActionResult =
  | ({ readonly ok: true } & ActionReport)
  | ({ readonly ok: false; readonly problem: Problem } & ActionReport);

export interface ActionReport {
  readonly checks: readonly Check[];
  readonly values?: Readonly<Record<string, string>>;
  readonly measurements?: Measurements;
  readonly note?: string;
  readonly exit?: number;
  readonly backup?: BackupSummary;
  readonly proof?: ProofSummary;
}

/** Undoes one resource of a kind, from its recorded facts alone; says how it went. */
export interface Undoer {
  readonly kind: Resource["kind"];
  undo(
    resource: Resource,
    context: Pick<ActionContext, "target" | "drill" | "signal" | "line" | "secret">,
  ): Promise<
    { readonly ok: true; readonly how: string } | { readonly ok: false; readonly problem: Problem }
  >;
}
