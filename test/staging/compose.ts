/** Both ways to speak to Compose, whichever the machine has. */
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMPOSE_V2 } from "./compose-v2.ts";

export type ComposeVersion = "v1" | "v2";

export const COMPOSE_COMMANDS: Readonly<Record<ComposeVersion, readonly [string, ...string[]]>> = {
  v1: ["docker-compose"],
  v2: ["docker", "compose"],
};

/**
 * Stands in where no genuine v2 could be fetched. Docker hands a plugin its own name as the first
 * word.
 */
const STAND_IN = `#!/bin/sh
# \`docker compose\`, done by docker-compose v1: the syntax of v2, not its features.
case "$1 \${2-} \${3-}" in
  docker-cli-plugin-metadata*)
    echo '{"SchemaVersion":"0.1.0","Vendor":"Restore Drill","Version":"v2.0.0","ShortDescription":"Compose v1, spoken to as v2"}'
    exit ;;
  "compose version --short") echo 2.0.0; exit ;;
  "compose version "*) echo "Docker Compose version v2.0.0"; exit ;;
esac
shift
exec docker-compose "$@"
`;

/** Makes `directory` a DOCKER_CONFIG in which `docker compose` is there, or (for v1) is not. */
export function writeDockerConfig(directory: string, version: ComposeVersion): string {
  const plugins = join(directory, "cli-plugins");
  mkdirSync(plugins, { recursive: true });
  writeFileSync(join(directory, "config.json"), "{}\n");
  if (version === "v2") {
    const plugin = join(plugins, "docker-compose");
    if (existsSync(COMPOSE_V2)) symlinkSync(COMPOSE_V2, plugin);
    else writeFileSync(plugin, STAND_IN, { mode: 0o755 });
  }
  return directory;
}
