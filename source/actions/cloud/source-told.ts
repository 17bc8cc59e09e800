/** What is told alike of every provider's source: what a copy costs, and why it cannot be drilled. */
import type { Check } from "../../drill/types.ts";
import type { Problem } from "../../problem.ts";
import { info } from "../outcome.ts";

export function costOfCopy(compute: string, storage: string): Check {
  return info(
    "What a copy costs",
    `${compute} by the hour and ${storage} of storage, until it is deleted`,
  );
}

/** `kind` is the provider's own word for it. */
export function notToBeDrilled(
  kind: "Instance" | "Server",
  name: string,
): (failed: readonly Check[]) => Problem {
  return (failed) => ({
    code: "refused",
    message: `${kind} ${name} is not what is to be drilled: ${failed.map(({ title, observed }) => `${title.toLowerCase()} ${observed}`).join("; ")}.`,
    hint: `Name the ${kind.toLowerCase()} that restore-drill.yaml connects to, and drill it when it is up.`,
  });
}
