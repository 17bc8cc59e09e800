/** Finding entries of the log by what an operator types. */
import { isListed, listDrills } from "../journal/drills.ts";
import { checkedApproval } from "../log/check-approval.ts";
import { oneLine } from "../log/export/printable.ts";
import { type GoodLine, goodLines, readLog } from "../log/read.ts";
import type { Anchor } from "../log/verify.ts";
import { fail, ok, type Result } from "../problem.ts";
import type { LogIo } from "./log.ts";

/** Newest first. Lines that do not hold are left out, and said so. */
export async function logEntries(io: LogIo): Promise<Result<readonly GoodLine[]>> {
  const contents = await readLog(io.storage.log);
  if (!contents.ok) {
    return contents;
  }
  const good = goodLines(contents.value);
  const bad =
    contents.value.lines.filter(({ ok: holds }) => !holds).length +
    (contents.value.torn > 0 ? 1 : 0);
  if (bad > 0) {
    const lines = bad === 1 ? "1 line" : `${bad} lines`;
    io.err(`Note: ${lines} of the log cannot be trusted; see: restore-drill log verify`);
  }
  const checked = await Promise.all(
    good.map(async (line) => ({ ...line, approval: await checkedApproval(io.storage.log, line) })),
  );
  return ok(checked.toReversed());
}

/** The newest without a word, else the one of that id, or the only one that begins so. */
export async function pickEntry(wanted: string | undefined, io: LogIo): Promise<Result<GoodLine>> {
  const entries = await logEntries(io);
  if (!entries.ok) {
    return entries;
  }
  const [newest] = entries.value;
  if (newest === undefined) {
    return fail({
      code: "usage",
      message: "The log is empty: no drill was signed off yet.",
      hint: "Run a drill with: restore-drill",
    });
  }
  if (wanted === undefined) {
    return ok(newest);
  }
  const same = entries.value.find(({ entry }) => entry.id === wanted);
  const [only, ...more] = entries.value.filter(({ entry }) => entry.id.startsWith(wanted));
  const found = same ?? (more.length === 0 ? only : undefined);
  if (found !== undefined) {
    return ok(found);
  }
  const which = more.length > 0 ? "Several entries begin" : "No entry begins";
  const ids = entries.value.slice(0, 20).map(({ entry }) => oneLine(entry.id));
  return fail({
    code: "usage",
    message: `${which} with "${oneLine(wanted)}".`,
    hint: `Entries: ${ids.join(", ")}.`,
  });
}

/** Journals that say their drill was signed off: the log must have what they name. */
export async function anchorsIn(drills: string): Promise<readonly Anchor[]> {
  const listed = await listDrills(drills);
  return listed
    .filter(isListed)
    .flatMap(({ entry, journal }) =>
      entry === undefined ? [] : [{ ...entry, source: `the journal ${journal}` }],
    );
}
