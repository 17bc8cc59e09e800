/** Bash scripts of `run` and `start` steps. Nothing is ever put into their text. */
import type { ProcessRequest } from "../process/process.ts";
import type { Try } from "./step-try.ts";
import { childEnvironment } from "./step-variables.ts";

/** `--` because a script may begin with a dash. */
export function scriptRequest(
  script: string,
  { deps, context }: Pick<Try, "deps"> & { readonly context: Pick<Try["context"], "state"> },
): ProcessRequest {
  return {
    command: ["bash", "-euo", "pipefail", "-c", "--", script],
    cwd: deps.project ?? deps.target.project,
    env: childEnvironment(deps, context.state),
    // What bash itself would read and run before the script.
    unset: ["BASH_ENV", "ENV", "SHELLOPTS", "BASHOPTS"],
  };
}
