/** An entry as JSON for people and programs: exactly what is in the log, set out in lines. */
import type { JsonValue } from "../../checklist/types.ts";

export function entryJson(raw: JsonValue): string {
  return `${JSON.stringify(raw, null, 2)}\n`;
}
