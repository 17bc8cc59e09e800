/** Which backups the log says were proven. */
import { goodLines, readLog } from "./read.ts";

/** Absolute paths; empty when there is no log yet or it cannot be read. */
export async function passedBackups(log: string): Promise<ReadonlySet<string>> {
  const read = await readLog(log);
  if (!read.ok) return new Set();
  const passed = goodLines(read.value)
    .map(({ entry }) => entry)
    .filter(({ verdict }) => verdict === "passed" || verdict === "passed-with-deviations");
  return new Set(passed.flatMap(({ backup }) => (backup ? [backup.file] : [])));
}
