/** Drills with nothing wrong: every one must pass. */
import type { HealthyDrill } from "../types.ts";
import { LOADS } from "./loads.ts";
import { WORLDS } from "./worlds.ts";

export const HEALTHY: readonly HealthyDrill[] = [...WORLDS, ...LOADS];
