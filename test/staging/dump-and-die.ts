/** Begins a dump of the Compose project in its directory, and dies of SIGKILL in the middle. */
import { argv, cwd, env, pid } from "node:process";
import type { BackupFormat } from "../../source/environment/target.ts";
import { openHere } from "./open-here.ts";

const [, , format = "plain", file = ""] = argv;
const FORMATS: Readonly<Record<string, BackupFormat>> = {
  plain: "plain",
  directory: "directory",
};
const COPYING = `SELECT count(*) AS count FROM pg_stat_activity
  WHERE application_name LIKE 'restore-drill pg_dump%' AND state = 'active' AND query LIKE 'COPY%'`;

const target = await openHere(cwd(), env);
const session = await target.connect({ database: "ringrift", role: "primary", purpose: "watch" });
if (!session.ok) throw new Error(session.problem.message);
const request = { database: "ringrift", format: FORMATS[format] ?? "plain", file, jobs: 2 };
const { signal } = new AbortController();
void target.dump(request, { signal, line: console.log, progress: () => {} });
for (;;) {
  const copying = await session.value.query(COPYING);
  if (copying.ok && copying.value[0]?.count !== "0") process.kill(pid, "SIGKILL");
}
