/** What a service says of itself in the JSON of its health endpoint. Pure. */
import type { JsonValue } from "../../checklist/types.ts";

export interface SelfReport {
  /** `$.checks.database.status`. */
  readonly path: string;
  readonly said: string;
  readonly verdict: "well" | "ill" | "unknown";
}

const KEYS = /^(?:status|state|health|healthy|ready|ok|up|alive)$/i;
const WELL =
  /^(?:ok|okay|up|healthy|ready|pass(?:ed|ing)?|alive|live|green|running|available|connected|success|operational|true)$/i;
const ILL =
  /^(?:error|errored|down|unhealthy|not[ _-]?(?:ready|ok|healthy|alive|connected)|unready|fail(?:ed|ing|ure)?|degraded|dead|red|unavailable|disconnected|starting|stopped|critical|timeout|false)$/i;

/** Health answers are shallow; what nests deeper is not looked at. */
const DEEPEST = 4;

export function selfReports(value: JsonValue, path = "$", depth = 0): readonly SelfReport[] {
  if (typeof value !== "object" || value === null || depth > DEEPEST) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = `${path}${Array.isArray(value) ? `[${key}]` : `.${key}`}`;
    const words = KEYS.test(key) && (typeof inner === "string" || typeof inner === "boolean");
    if (!words) return selfReports(inner, at, depth + 1);
    const said = String(inner);
    return [
      { path: at, said, verdict: WELL.test(said) ? "well" : ILL.test(said) ? "ill" : "unknown" },
    ];
  });
}
