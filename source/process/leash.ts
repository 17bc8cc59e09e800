/**
 * Ends a child's process group when this process dies in a way that leaves it no time to do so
 * (`kill -9`): an orphaned pg_dump would hold its locks on the primary until it is done.
 */
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import type { Duplex } from "node:stream";
import type { ProcessRequest } from "./process.ts";

const SHELL = "/bin/sh";

/** Descriptor of the pipe; the kernel ends it for a dead process. */
export const LEASH = 3;
const LET_GO = "done\n";

/**
 * The shell becomes the program, in the same process, once a watcher is there that belongs to its
 * group and to nobody else: pg_dump must not meet a child that it did not start. dash's kill knows
 * no `--`. What the program says and reads is not touched, and its arguments are no shell text.
 */
const SCRIPT = `((trap '' TERM; read -r word <&${LEASH}; [ "$word" = done ] && exit
kill -TERM "-$$"; sleep 5; kill -KILL "-$$") </dev/null >/dev/null 2>&1 &)
exec ${LEASH}<&-
exec "$@"`;

/** Its descriptor LEASH must be a pipe. */
export function leashedCommand(command: ProcessRequest["command"]): [string, ...string[]] {
  return [SHELL, "-c", SCRIPT, "restore-drill-leash", ...command];
}

/** Without a shell there is no leash. A program that cannot be started is not the shell's to tell. */
export async function canLeash(request: ProcessRequest, path: string): Promise<boolean> {
  const [program] = request.command;
  const candidates = program.includes("/")
    ? [resolve(request.cwd ?? ".", program)]
    : path.split(delimiter).map((directory) => join(directory, program));
  const runnable = await Promise.all(candidates.map(isRunnable));
  return runnable.includes(true) && (await isRunnable(SHELL));
}

/** Once the child has ended by itself: its group's id may be given to a stranger. */
export function letGo(pipe: Duplex): void {
  pipe.end(LET_GO);
}

async function isRunnable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
