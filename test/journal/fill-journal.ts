/** Appends to a new journal until it fails; says how far it came. A process of its own. */
import { createJournal } from "../../source/journal/journal.ts";

const [path = ""] = process.argv.slice(2);
const created = await createJournal(path);
if (!created.ok) {
  throw new Error(created.problem.message);
}
let acknowledged = 0;
for (;;) {
  const appended = await created.value.append({
    type: "finding-recorded",
    at: "2026-11-22T14:30:00.000Z",
    text: `${acknowledged} ${"x".repeat(700)}`,
  });
  if (!appended.ok) {
    console.log(JSON.stringify({ acknowledged, message: appended.problem.message }));
    break;
  }
  acknowledged += 1;
}
