/** The kind of drill and the records it belongs with, as its checklist says. */
import type { Checklist } from "../checklist/types.ts";
import type { DrillState } from "./state.ts";
import type { DrillKind } from "./types.ts";

const KINDS: Readonly<Record<NonNullable<Checklist["kind"]>, DrillKind>> = {
  "backup-restore": "Backup/restore only",
  combined: "Backup/restore + secrets rotation (combined drill)",
};

export const DRILL_KINDS: readonly DrillKind[] = Object.values(KINDS);

export function kindOf({ drill }: Pick<DrillState, "drill">): DrillKind {
  return KINDS[drill?.checklist.kind ?? "backup-restore"];
}

export function relatedOf({ drill }: Pick<DrillState, "drill">): readonly string[] {
  return drill?.checklist.related ?? [];
}
