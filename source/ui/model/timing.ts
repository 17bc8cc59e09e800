/** Times as the screen shows them. */
import type { DrillState } from "../../drill/state.ts";
import type { StepState } from "../../drill/types.ts";

/** `00:42`, `12:03`, `1:02:03`. */
export function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (figure: number) => String(figure).padStart(2, "0");
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return seconds >= 3600 ? `${Math.floor(seconds / 3600)}:${rest}` : rest;
}

/** How long something finished took: `0.4s` below ten seconds, else as a clock. */
export function took(milliseconds: number): string {
  return milliseconds < 9950 ? `${(milliseconds / 1000).toFixed(1)}s` : clock(milliseconds);
}

/** Milliseconds a step took, or has taken until now. */
export function stepMilliseconds(state: StepState, now: number): number | undefined {
  if (!("startedAt" in state)) return undefined;
  const end = "finishedAt" in state ? Date.parse(state.finishedAt) : now;
  return Math.max(0, end - Date.parse(state.startedAt));
}

export function drillMilliseconds(drill: DrillState, now: number): number {
  if (drill.drill === undefined) return 0;
  const end = drill.endedAt === undefined ? now : Date.parse(drill.endedAt);
  return Math.max(0, end - Date.parse(drill.drill.startedAt));
}
