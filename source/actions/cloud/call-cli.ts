/** One call of a provider's own CLI that prints JSON. */
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import { processes } from "../../process/run.ts";
import { createOutputCollector } from "../output-collector.ts";

/** Longest that one call may take, its own retries included. */
const CALL_SECONDS = 300;

export interface ProviderCli {
  /** For messages: `AWS CLI`. */
  readonly name: string;
  /** How it is installed and looked at. */
  readonly hint: string;
}

export interface CliCall {
  readonly cli: ProviderCli;
  readonly command: readonly [string, ...string[]];
  /** For messages: `aws rds describe-db-instances`. */
  readonly called: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** It failed. */
  told(failure: CliFailure): Problem;
}

export interface CliFailure {
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** What it printed, parsed. Errors tell what the operator can do about them. */
export async function callCli(call: CliCall): Promise<Result<unknown>> {
  const { command, called, env, signal } = call;
  const stdout = createOutputCollector();
  const ran = await processes.run({
    command,
    env,
    timeoutSeconds: CALL_SECONDS,
    signal,
    // A call that makes something must not go on when nobody is left to remove it.
    leashed: true,
    onLine(stream, text) {
      if (stream === "stdout") stdout.add(text);
    },
  });
  if (!ran.ok) return signal.aborted ? ran : fail(withoutCli(call.cli, ran.problem.message));
  const { exit, stderr, timedOut } = ran.value;
  if (signal.aborted) return fail({ code: "interrupted", message: "It was interrupted." });
  if (exit !== 0) return fail(call.told({ stderr, timedOut }));
  const { text } = stdout.collected();
  try {
    return ok(text.trim() === "" ? {} : JSON.parse(text));
  } catch {
    return fail({
      code: "failed",
      message: `${called} printed something that is not JSON.`,
      hint: "Run it by hand and look at what it prints.",
    });
  }
}

export function withoutCli({ name, hint }: ProviderCli, why: string): Problem {
  return { code: "unusable", message: `The ${name} cannot be run: ${why}`, hint };
}
