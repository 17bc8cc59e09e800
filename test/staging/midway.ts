/** Meets a drill in the middle of something: by conditions, never by time. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import pg from "pg";
import type { Stack } from "./stack.ts";
import { docker } from "./traces.ts";
import { until } from "./until.ts";

export type Program = "pg_dump" | "psql";

/**
 * Stops a client program of a drill (SIGSTOP) while its session copies rows. The answer lets it
 * go on; what ends the container ends it, too.
 */
export async function holdMidway(stack: Stack, program: Program): Promise<() => void> {
  const first = docker("inspect", "--format", "{{.State.Pid}}", stack.container("postgres"));
  const namespace = namespaceOf(first);
  let pid = 0;
  await untilCopying(stack, program, () => {
    pid = processOf(namespace, program);
    process.kill(pid, "SIGSTOP");
  });
  return () => process.kill(pid, "SIGCONT");
}

/** Calls back within milliseconds of the moment at which the drill's program copies rows. */
export async function untilCopying(
  { ports, password }: Stack,
  program: Program,
  then: () => void,
): Promise<void> {
  const server = { host: "127.0.0.1", port: ports.postgres, user: "ringrift", password };
  const client = new pg.Client({ ...server, database: "postgres" });
  client.on("error", () => undefined);
  await client.connect();
  const copies = async () =>
    (await client.query(COPYING, [`restore-drill ${program}%`])).rowCount === 1;
  try {
    await until(`${program} to copy rows`, copies, 1);
    then();
  } finally {
    await client.end();
  }
}

const COPYING = `SELECT FROM pg_stat_activity
  WHERE application_name LIKE $1 AND state = 'active' AND query LIKE 'COPY%' LIMIT 1`;

/** As this host knows it: all of a container live in one namespace of process ids. */
function processOf(namespace: string | undefined, program: Program): number {
  const pid = readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .find((one) => programOf(one) === program && namespaceOf(one) === namespace);
  if (pid === undefined) throw new Error(`${program} does not run in the container any more`);
  return Number(pid);
}

function namespaceOf(pid: string): string | undefined {
  return unlessGone(() => readlinkSync(`/proc/${pid}/ns/pid`));
}

function programOf(pid: string): string | undefined {
  const line = unlessGone(() => readFileSync(`/proc/${pid}/cmdline`, "utf8")) ?? "";
  return line.split("\0", 1)[0]?.split("/").at(-1);
}

function unlessGone(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
