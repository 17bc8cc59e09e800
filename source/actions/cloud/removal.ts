/** One thing at a provider that a drill made and that is to go. */
import type { Problem, Result } from "../../problem.ts";

export interface Found {
  /** Which drill's it is, as the provider tells; undefined when nobody's. */
  readonly tag: string | undefined;
  readonly status: string;
  /** Somebody has asked for it already. */
  readonly deleting: boolean;
  /** The provider's own name for it, where that is known only now. */
  readonly id?: string;
  /** Marks it as the drill's first, where it could not be when it was made. */
  readonly claim?: Call;
}

export interface Call {
  /** The command, for people. */
  readonly shown: string;
  run(signal: AbortSignal): Promise<Result<unknown>>;
}

export interface Removal {
  readonly name: string;
  readonly drill: string;
  /** undefined when there is none. */
  find(signal: AbortSignal): Promise<Result<Found | undefined>>;
  /** The command, for people. */
  shown(found: Found): string;
  remove(found: Found, signal: AbortSignal): Promise<Result<unknown>>;
  /** It is refused only for now; or is gone by now. */
  isPassing(problem: Problem): boolean;
}

/** What is to be asked for next. */
export function nextCall(removal: Removal, found: Found): Call {
  const remove = (signal: AbortSignal) => removal.remove(found, signal);
  return found.claim ?? { shown: removal.shown(found), run: remove };
}
