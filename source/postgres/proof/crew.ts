/** Several sessions that see one snapshot and share the work of reading it. */
import type { Target } from "../../environment/target.ts";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { Session, SessionOptions } from "../session.ts";
import { interrupted } from "../with-session.ts";

export interface CrewOptions {
  readonly session: SessionOptions;
  readonly size: number;
  /** So many it cannot do without. */
  readonly least: number;
  readonly signal: AbortSignal;
  /** Makes a session see the snapshot. */
  begin(session: Session): Promise<Result<void>>;
}

/** As many sessions as the server grants, up to `size`. All are closed at the end. */
export async function withCrew<T>(
  target: Target,
  options: CrewOptions,
  use: (crew: readonly Session[]) => Promise<Result<T>>,
): Promise<Result<T>> {
  const crew: Session[] = [];
  const onAbort = () => void cancelAll(crew);
  options.signal.addEventListener("abort", onAbort, { once: true });
  try {
    const filled = await fill(crew, target, options);
    if (!filled.ok) return options.signal.aborted ? interrupted() : filled;
    if (options.signal.aborted) return interrupted();
    const result = await use(crew);
    return !result.ok && isAborted(options.signal) ? interrupted() : result;
  } finally {
    options.signal.removeEventListener("abort", onAbort);
    await Promise.all(crew.map((session) => session.close()));
  }
}

/** The first one alone: the others may see what it exports. */
async function fill(
  crew: Session[],
  target: Target,
  { session, size, least, signal, begin }: CrewOptions,
): Promise<Result<void>> {
  async function add(): Promise<Result<void>> {
    if (signal.aborted) return ok(undefined);
    const opened = await target.connect(session);
    if (!opened.ok) return opened;
    crew.push(opened.value);
    const begun = await begin(opened.value);
    if (!begun.ok) unfit.push(begun.problem);
    return begun;
  }
  const unfit: Problem[] = [];
  const first = await add();
  if (!first.ok) return first;
  const others = await Promise.all(Array.from({ length: size - 1 }, add));
  const [problem] = unfit;
  if (problem !== undefined) return fail(problem);
  // A server that has no more connections to give still has those.
  return crew.length >= least ? ok(undefined) : (others.find((one) => !one.ok) ?? ok(undefined));
}

/** Each session takes the next job when it is done with one; results in the order of the jobs. */
export async function shareOut<Job, T>(
  crew: readonly Session[],
  jobs: readonly Job[],
  work: (session: Session, job: Job) => Promise<Result<T>>,
): Promise<Result<readonly T[]>> {
  const results = new Map<number, T>();
  const problems: Problem[] = [];
  let next = 0;
  async function takeTurns(session: Session): Promise<void> {
    while (problems.length === 0) {
      const at = next;
      next += 1;
      const job = jobs[at];
      if (job === undefined) return;
      const result = await work(session, job);
      if (result.ok) results.set(at, result.value);
      else if (problems.push(result.problem) === 1) {
        await cancelAll(crew.filter((other) => other !== session));
      }
    }
  }
  await Promise.all(crew.map(takeTurns));
  const [problem] = problems;
  if (problem !== undefined) return fail(problem);
  return ok([...results].sort(([a], [b]) => a - b).map(([, result]) => result));
}

async function cancelAll(crew: readonly Session[]): Promise<void> {
  await Promise.all(crew.map((session) => session.cancel()));
}

/** A call, so that the compiler does not take an earlier answer for granted. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
