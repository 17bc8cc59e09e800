/** Drills with nothing wrong: every one must pass. */
import type { HealthyDrill } from "../types.ts";

export const HEALTHY: readonly HealthyDrill[] = (["plain", "custom", "directory"] as const).map(
  (format) => ({ name: `everything, ${format}`, format }),
);
