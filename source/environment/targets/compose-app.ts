/** The app of a Compose project, in a container of its own. */
import { fail, type Problem } from "../../problem.ts";
import type { Capability, Target } from "../target.ts";

export type ComposeApp = Pick<Target, "describeApp" | "startApp" | "stopProcess"> & {
  readonly capabilities: readonly Capability[];
};

export function composeApp(): ComposeApp {
  return {
    capabilities: [],
    describeApp: () => "",
    startApp: async () => fail(NOT_YET),
    stopProcess: async () => fail(NOT_YET),
  };
}

const NOT_YET: Problem = {
  code: "unusable",
  message: "The app of a Compose project cannot be started by this version.",
  hint: "Start it by hand, with DATABASE_URL pointing at the restored database.",
};
