import type { Resource } from "../drill/types.ts";
import type { Target } from "../environment/target.ts";
import type { ProcessApi } from "../process/process.ts";
import type { Action, Undoer } from "./action.ts";

export interface RunnerDeps {
  readonly target: Target;
  readonly restoreDatabase: string;
  /** Absolute; where `run` and `start` steps begin. Default: the target's project. */
  readonly project?: string;
  /** Values of variables the checklist declares secret: into the environment of children only. */
  readonly secretValues?: Readonly<Record<string, string>>;
  passedBackups(): Promise<ReadonlySet<string>>;
  redact(text: string): string;
  /** From here on `redact` masks this value, too. */
  learnSecret?(value: string): void;
  readonly processes: ProcessApi;
  /** Work that was told to stop gets this long, then its step ends without it. Default: 20. */
  readonly stopSeconds?: number;
  /** Default: all of the registry. */
  readonly actions?: ReadonlyMap<string, Action>;
  readonly undoers?: ReadonlyMap<Resource["kind"], Undoer>;
}
