/** Whether a provider only asks for patience; a wait goes on then. */
import type { Problem } from "../../problem.ts";

export const THROTTLED = { throttled: "yes" } as const;

export function isThrottled({ details }: Problem): boolean {
  return details?.throttled === THROTTLED.throttled;
}
