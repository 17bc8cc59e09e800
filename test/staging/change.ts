/** Breaks a stack's project, and heals it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "./stack.ts";

/** Replaces text of the Compose file, which must be there; the answer puts the old file back. */
export function changeCompose(
  { directory }: Stack,
  ...changes: readonly (readonly [from: string, to: string])[]
): () => void {
  const file = join(directory, "docker-compose.yml");
  const old = readFileSync(file, "utf8");
  const changed = changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`docker-compose.yml has no ${from}`);
    return text.replace(from, () => to);
  }, old);
  writeFileSync(file, changed);
  return () => writeFileSync(file, old);
}

/** The server as the Compose file describes it now; what else there is, sees it again. */
export async function recreate(stack: Stack): Promise<void> {
  stack.compose("up", "-d", "--no-deps", "--force-recreate", "postgres");
  await stack.healthy();
}

/** In place of the app's own command; only containers that are made from now on have it. */
export function appCommand(words: readonly string[]): readonly [string, string] {
  const image = "    image: restore-drill-staging/app:1\n";
  return [image, `${image}    command: ${JSON.stringify(words)}\n`];
}

/** A server for the app's place. It gives each path's status, and JSON with \`status\`. */
export function standIn(statuses: Readonly<Record<string, number>>): readonly string[] {
  const script = `const statuses = ${JSON.stringify(statuses)};
console.log("stand-in listens");
require("http").createServer(({ url }, reply) => {
  const code = statuses[url] ?? 404;
  reply.writeHead(code, { "content-type": "application/json" });
  reply.end(JSON.stringify({ status: code === 200 ? "ready" : "not ready" }));
}).listen(3000);`;
  return ["node", "-e", script];
}

/**
 * The auth smoke says that it runs by making the file that SMOKE_GATE names, and goes on when that
 * is gone.
 */
export function gateSmoke(directory: string): void {
  const file = join(directory, "scripts/test-auth.sh");
  const text = readFileSync(file, "utf8");
  const gate =
    'if [ -n "${SMOKE_GATE:-}" ]; then touch "$SMOKE_GATE"; while [ -e "$SMOKE_GATE" ]; do sleep 0.1; done; fi';
  writeFileSync(
    file,
    text.replace("set -euo pipefail\n", (line) => `${line}${gate}\n`),
  );
}
