/** Removes what Compose made for a project, by the labels that it put on it. */
import { execFileSync } from "node:child_process";

export function removeAll(project: string): void {
  const filter = `label=com.docker.compose.project=${project}`;
  for (const [list, remove] of STEPS) {
    const ids = docker([...list, "--quiet", "--filter", filter])
      .split("\n")
      .filter(Boolean);
    if (ids.length > 0) docker([...remove, ...ids]);
  }
}

const STEPS: readonly (readonly [list: readonly string[], remove: readonly string[]])[] = [
  [
    ["ps", "--all"],
    ["rm", "--force", "--volumes"],
  ],
  [
    ["network", "ls"],
    ["network", "rm"],
  ],
  [
    ["volume", "ls"],
    ["volume", "rm"],
  ],
];

function docker(words: readonly string[]): string {
  return execFileSync("docker", words, { encoding: "utf8" }).trim();
}
