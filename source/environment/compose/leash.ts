/**
 * What is started in a container outlives the `docker exec` that started it. A watcher beside it,
 * in plain POSIX sh (busybox has no other), ends it when our end of standard input closes, even by
 * `kill -9` of this process or of Docker's client.
 *
 * In PostgreSQL's image the postmaster is process 1. It inherits every orphan, and takes one that
 * ended by a signal, or with a code above 1, for a crashed backend: it ends all sessions and
 * recovers. So the shell here leaves no child behind, and only children of a living parent are
 * signalled. https://github.com/postgres/postgres/blob/REL_15_STABLE/src/backend/postmaster/postmaster.c
 * (reaper, CleanupBackend)
 */
import { STEERING } from "../run-tool.ts";

const SCRIPT = `unset ${STEERING.join(" ")}
exec 3<&0
"$@" 3<&- </dev/null &
program=$!
(read -r word <&3; kill -TERM "$program"; sleep 5; kill -KILL "$program") >/dev/null 2>&1 &
watcher=$!
wait "$program"; code=$?
kill "$watcher" 2>/dev/null
wait "$watcher" 2>/dev/null
exit "$code"`;

/**
 * The program reads standard input itself: its end is the end of the backup, whoever closed it, and
 * then it stops after the statement it is at.
 */
const FED = `unset ${STEERING.join(" ")}
exec "$@"`;

/** To be run in the container, with standard input held open or, when fed, full of the backup. */
export function leashedInContainer(
  command: readonly string[],
  variables: Readonly<Record<string, string>>,
  fed: boolean,
): readonly string[] {
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return ["sh", "-c", fed ? FED : SCRIPT, "restore-drill", "env", ...assignments, ...command];
}

/**
 * Ends every program with this PGAPPNAME and waits for that; exit 1 when some live on. Workers are
 * left to their leader, which tells them, and orphans to themselves. What may not be looked at
 * belongs to another user.
 */
const END_ALL = `living() {
  for p in /proc/[0-9]*; do
    grep -q -F -e "PGAPPNAME=$1" "$p/environ" 2>/dev/null && echo "\${p#/proc/}"
  done
}
round=0
while [ "$round" -lt 40 ]; do
  pids=$(echo $(living "$1"))
  [ -z "$pids" ] && exit 0
  signal=0
  [ "$round" = 0 ] && signal=TERM
  [ "$round" = 30 ] && signal=KILL
  for pid in $pids; do
    parent=$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$pid/status" 2>/dev/null)
    case " 1 $pids " in *" \${parent:-1} "*) continue ;; esac
    kill -s "$signal" "$pid" 2>/dev/null
  done
  sleep 0.2 2>/dev/null || sleep 1
  round=$((round + 1))
done
exit 1`;

export function endAllInContainer(label: string): readonly string[] {
  return ["sh", "-c", END_ALL, "restore-drill", label];
}
