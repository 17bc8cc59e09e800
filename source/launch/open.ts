/** From an environment's configuration to a target that commands can reach. */
import type { ServerSummary } from "../drill/types.ts";
import type { Target } from "../environment/target.ts";
import type { EnvironmentConfig } from "../environment/types.ts";
import type { Result } from "../problem.ts";

export interface OpenOptions {
  /** Where practice backups go. */
  readonly practiceBackups: string;
  readonly signal: AbortSignal;
  line(text: string): void;
}

/** Without a look at its server; only for one that is reached directly, else undefined. */
export async function openUnseen(
  config: EnvironmentConfig,
  server: ServerSummary,
): Promise<Target | undefined> {
  if (config.target !== "direct") return undefined;
  const { unseenDirectTarget } = await import("../environment/targets/direct.ts");
  return unseenDirectTarget(config, server);
}

/** Loads only what the environment's target needs: start-up is counted in milliseconds. */
export async function openTarget(
  config: EnvironmentConfig,
  options: OpenOptions,
): Promise<Result<Target>> {
  switch (config.target) {
    case "practice": {
      const { openPracticeTarget } = await import("../environment/targets/practice.ts");
      return openPracticeTarget({ ...options, backupDirectory: options.practiceBackups });
    }
    case "direct": {
      const { openDirectTarget } = await import("../environment/targets/direct.ts");
      return openDirectTarget(config, options);
    }
    case "compose": {
      const { openComposeTarget } = await import("../environment/targets/compose.ts");
      return openComposeTarget(config, options);
    }
  }
}
