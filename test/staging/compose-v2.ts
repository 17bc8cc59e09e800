/**
 * A genuine Compose v2: Debian 12 has v1 only, so its package is taken from Debian 13, checked by
 * apt against Debian's keys, unpacked and never installed.
 */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const cache = fileURLToPath(new URL("../../node_modules/.cache/restore-drill", import.meta.url));
const kept = join(cache, "compose-v2");

/** The plugin of `docker compose`, where it was fetched. */
export const COMPOSE_V2 = join(kept, "usr/libexec/docker/cli-plugins/docker-compose");

/** From where this machine takes its own Debian packages. */
function sourceOf(archive: string): string {
  return `Types: deb
URIs: ${archive}
Suites: trixie
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;
}

function ownArchive(work: string): string {
  const lists = { "Dir::State::Lists": join(work, "own-lists") };
  aptGet(work, lists, "update");
  const fields = ["Created-By: Packages", "Component: main", "Label: Debian"];
  const told = aptGet(work, lists, "indextargets", "--format", "$(REPO_URI)", ...fields);
  const [archive = ""] = told.split("\n");
  if (archive === "") throw new Error("This machine's apt has no archive of Debian.");
  return archive;
}

/** Fetches it where it is missing. Throws when Debian's packages cannot be reached. */
export function fetchComposeV2(log: (line: string) => void): void {
  if (existsSync(COMPOSE_V2)) return;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "fetch-"));
  try {
    mkdirSync(join(work, "sources"));
    mkdirSync(join(work, "lists/partial"), { recursive: true });
    mkdirSync(join(work, "cache/archives/partial"), { recursive: true });
    mkdirSync(join(work, "own-lists/partial"), { recursive: true });
    writeFileSync(join(work, "sources/debian-13.sources"), sourceOf(ownArchive(work)));
    const sources = {
      "Dir::Etc::SourceList": "/dev/null",
      "Dir::Etc::SourceParts": join(work, "sources"),
      "Dir::State::Lists": join(work, "lists"),
    };
    aptGet(work, sources, "update");
    aptGet(work, sources, "download", "docker-compose");
    const [archive] = readdirSync(work).filter((name) => name.endsWith(".deb"));
    execFileSync("dpkg-deb", ["--extract", join(work, archive ?? ""), join(work, "package")]);
    renameSync(join(work, "package"), kept);
    log(`Compose v2 fetched: ${archive}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** With places of its own: what the machine has installed, and its lists, stay as they are. */
function aptGet(
  work: string,
  places: Readonly<Record<string, string>>,
  ...words: readonly string[]
): string {
  const options = {
    ...places,
    "Dir::Cache": join(work, "cache"),
    // The user _apt may not write below a home of root.
    "APT::Sandbox::User": "root",
  };
  const settings = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  const all = ["-qq", ...settings, ...words];
  return execFileSync("apt-get", all, { cwd: work, stdio: "pipe", encoding: "utf8" });
}
