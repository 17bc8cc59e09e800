/** What a drill that stops before its end leaves, in words. */
import { type DrillState, owed } from "./state.ts";

/** None when nothing is owed. */
export function leftBehindLines(state: DrillState): readonly string[] {
  return owed(state).map(({ label }) => `still there: ${label}`);
}
