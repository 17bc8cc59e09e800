/** What is found inside the server's container: programs, the mount, and a way to the server. */
import { access, constants, stat } from "node:fs/promises";
import type { Connection } from "../../postgres/connection.ts";
import { conninfo } from "../../postgres/conninfo.ts";
import { showName } from "../../postgres/identifiers.ts";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import { shellWord } from "../../process/shell-quote.ts";
import { type ServerFacts, STARTED } from "../server-facts.ts";
import { type FoundTool, type Toolbox, type ToolName, toolOf, unfitFor } from "../tools.ts";
import type { ContainerFacts } from "./container.ts";
import { askDocker, type DockerAnswer, daemonProblem, lastWords } from "./docker.ts";
import { type SharedDirectory, sameDirectory, staleMount } from "./mount.ts";

export interface Inside {
  /** `uid:gid`: who the programs run as there. */
  readonly user: string;
  /** As the programs there reach the server. */
  readonly connection: Connection;
  readonly tools: Toolbox;
  /** Why no backup can be written there. */
  readonly dumpProblem?: Problem;
  /** What the operator should know about the choice of the user. */
  readonly note?: string;
}

export interface Look {
  readonly container: ContainerFacts;
  /** From this host. */
  readonly connection: Connection;
  readonly database: string;
  readonly facts: ServerFacts;
  readonly shared: Result<SharedDirectory>;
  readonly signal: AbortSignal;
}

/** Writes nothing. Arguments: the mount's directory, connection strings to try in order. */
const PROBE = `for tool in pg_dump pg_restore psql; do
  echo "$tool=$("$tool" --version 2>/dev/null | head -n 1)"
done
echo "inode=$(ls -di -- "$1" 2>/dev/null)"
if [ -d "$1" ] && [ -w "$1" ] && [ -x "$1" ]; then echo "writes=yes"; fi
shift
at=0
for way in "$@"; do
  if answer=$(psql -X -w -A -t -d "$way" -c ${quoted(`SELECT ${STARTED}`)} 2>&1); then
    echo "way=$at"; echo "started=$answer"; exit 0
  fi
  echo "said=$(echo "$answer" | head -n 1)"
  at=$((at + 1))
done
exit 0`;

/**
 * The operator's own user comes first, so that backups are the operator's own files; where that
 * user may not write the mount or reach the server, root of the container does it.
 * Errors: the container has no shell, or nothing in it reaches the server.
 */
export async function lookInside(look: Look): Promise<Result<Inside>> {
  const own = await ownUser(look.shared);
  const users = [...new Set([own, ROOT])];
  const seen: Seen[] = [];
  for (const user of users) {
    const one = await probe(look, user);
    if (!one.ok) return one;
    seen.push(one.value);
    if (one.value.way !== undefined && (one.value.writes || !look.shared.ok)) break;
  }
  const best = seen.find(({ way, writes }) => way !== undefined && writes) ?? seen.find(reaches);
  if (best === undefined) return fail(unreachable(look, seen[0]));
  if (best.started !== look.facts.started) return fail(otherServer(look));
  const dumpProblem = look.shared.ok ? await mountProblem(look, best) : look.shared.problem;
  return ok({
    user: best.user,
    connection: best.way ?? look.connection,
    tools: toolsOf(look, best.lines),
    ...(dumpProblem === undefined ? {} : { dumpProblem }),
    ...(best.user === own ? {} : { note: asRoot(own) }),
  });
}

const ROOT = "0:0";

interface Seen {
  readonly user: string;
  readonly lines: Readonly<Record<string, string>>;
  readonly writes: boolean;
  readonly way: Connection | undefined;
  readonly started: string | undefined;
}

function reaches({ way }: Seen): boolean {
  return way !== undefined;
}

/** With the mount's group, if the operator belongs to it: \`docker exec\` knows no further groups. */
async function ownUser(shared: Result<SharedDirectory>): Promise<string> {
  const uid = process.getuid?.();
  if (uid === undefined) return ROOT;
  const directory = shared.ok ? await stat(shared.value.host).catch(() => undefined) : undefined;
  const groups = process.getgroups?.() ?? [];
  const gid =
    directory !== undefined && groups.includes(directory.gid)
      ? directory.gid
      : (process.getgid?.() ?? uid);
  return `${uid}:${gid}`;
}

async function probe(look: Look, user: string): Promise<Result<Seen>> {
  const { container, connection, database, facts, shared, signal } = look;
  const { password, user: role } = connection;
  const known = { user: role, port: facts.port, ...(password === undefined ? {} : { password }) };
  const ways: readonly Connection[] = ["", "127.0.0.1"].map((host) => ({ ...known, host }));
  const answer = await askDocker({
    command: [
      ...["docker", "exec", "-u", user, "-e", "PGPASSWORD", "-e", "PGCONNECT_TIMEOUT=10"],
      ...["-e", "PGOPTIONS=-c default_transaction_read_only=on", "-e", "LC_ALL=C"],
      ...[container.id, "sh", "-c", PROBE, "restore-drill"],
      shared.ok ? shared.value.container : "",
      ...ways.map((way) => conninfo(way, database)),
    ] as const,
    env: { PGPASSWORD: password ?? "" },
    signal,
  });
  if (!answer.ok) return answer;
  if (answer.value.exit !== 0) return fail(noShell(container, answer.value));
  const lines = linesOf(answer.value.stdout);
  const way = lines.way === undefined ? undefined : ways[Number(lines.way)];
  return ok({ user, lines, writes: lines.writes === "yes", way, started: lines.started });
}

function linesOf(text: string): Readonly<Record<string, string>> {
  const pairs = text.split("\n").flatMap((line) => {
    const at = line.indexOf("=");
    return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()] as const];
  });
  return Object.fromEntries(pairs);
}

function toolsOf({ container, facts }: Look, lines: Readonly<Record<string, string>>): Toolbox {
  const find = (name: ToolName): FoundTool => {
    const tool = toolOf(name, lines[name] ?? "");
    if (tool === undefined) return { missing: `${name} is not in container ${container.name}` };
    const unfit = unfitFor(facts.major, tool);
    return unfit === undefined ? tool : { missing: unfit };
  };
  return { pg_dump: find("pg_dump"), pg_restore: find("pg_restore"), psql: find("psql") };
}

async function mountProblem(look: Look, seen: Seen): Promise<Problem | undefined> {
  if (!look.shared.ok) return look.shared.problem;
  const shared = look.shared.value;
  const inode = /^\d+/.exec(seen.lines.inode ?? "")?.[0] ?? "";
  if (!(await sameDirectory(shared, inode))) return staleMount(look.container, shared);
  const writable = await access(shared.host, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!writable) return notThisUsers(shared);
  if (seen.writes) return undefined;
  return {
    code: "unusable",
    message: `No backup can be written to ${showName(shared.container)} of container ${look.container.name}: neither this user nor the container's root may write there.`,
    hint: `Check the permissions of ${showName(shared.host)} on this host.`,
  };
}

/** Docker makes a mount's directory as root when it is not there. */
function notThisUsers({ host }: SharedDirectory): Problem {
  const owner = `${process.getuid?.() ?? ""}:${process.getgid?.() ?? ""}`;
  return {
    code: "unusable",
    message: `This user may not write to ${showName(host)}, and a backup's manifest goes there, too.`,
    hint: `Give it the directory: sudo chown ${owner} ${shellWord(host)}`,
  };
}

function asRoot(own: string): string {
  return `Programs run as the container's root: as this host's user (${own}) they cannot write the mount or reach the server. Backups are given to this user.`;
}

function noShell(container: ContainerFacts, answer: DockerAnswer): Problem {
  const daemon = daemonProblem(answer);
  if (daemon !== undefined) return daemon;
  return {
    code: "unusable",
    message: `Nothing can be run in container ${container.name}: ${lastWords(answer.stderr)}`,
    hint: "The drill needs sh, psql, pg_dump and pg_restore in the server's container.",
  };
}

function unreachable({ container, connection }: Look, seen: Seen | undefined): Problem {
  const psql = seen?.lines.psql === "" ? "it has no psql" : seen?.lines.said;
  return {
    code: "unusable",
    message: `Inside container ${container.name}, user ${showName(connection.user)} cannot reach the server: ${psql ?? "no reason was given"}.`,
    hint: "Check the environment's user and password, and that the service's container runs the server itself.",
  };
}

function otherServer({ container, connection }: Look): Problem {
  return {
    code: "refused",
    message: `Port ${connection.port} of ${connection.host} leads to another server than the one in container ${container.name}.`,
    hint: "Correct `service`, or what is published on that port.",
  };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
