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

/** The plugin of \`docker compose\`, where it was fetched. */
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

function ownArchive(): string {
  const fields = ["Created-By: Packages", "Component: main", "Label: Debian"];
  const words = ["indextargets", "--format", "$(REPO_URI)", ...fields];
  const [archive = ""] = execFileSync("apt-get", words, { encoding: "utf8" }).split("\n");
  if (archive === "") throw new Error("apt-get knows no archive of Debian; run apt-get update.");
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
    writeFileSync(join(work, "sources/debian-13.sources"), sourceOf(ownArchive()));
    aptGet(work, "update");
    aptGet(work, "download", "docker-compose");
    const [archive] = readdirSync(work).filter((name) => name.endsWith(".deb"));
    execFileSync("dpkg-deb", ["--extract", join(work, archive ?? ""), join(work, "package")]);
    renameSync(join(work, "package"), kept);
    log(`Compose v2 fetched: ${archive}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** With lists and sources of its own: what the machine has installed stays as it is. */
function aptGet(work: string, ...words: string[]): void {
  const options = {
    "Dir::Etc::SourceList": "/dev/null",
    "Dir::Etc::SourceParts": join(work, "sources"),
    "Dir::State::Lists": join(work, "lists"),
    "Dir::Cache": join(work, "cache"),
    // The user _apt may not write below a home of root.
    "APT::Sandbox::User": "root",
  };
  const settings = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  execFileSync("apt-get", ["-qq", ...settings, ...words], { cwd: work, stdio: "pipe" });
}
