/** What steps make, cost and destroy, told before it happens. */
import type { Checklist, Effects } from "../../checklist/types.ts";
import { stepsInOrder } from "../../drill/state.ts";
import type { Plan } from "../../engine/interface.ts";
import { BLANK, labelled, muted, type Row } from "../text/rows.ts";

export function effectRows(
  { makes, costs, removedBy, destroys }: Effects,
  width: number,
): readonly Row[] {
  const told = [
    { label: "Makes", value: makes, style: {} },
    { label: "Costs", value: costs, style: { tone: "warn" } },
    { label: "Removed by", value: removedBy, style: {} },
    { label: "Destroys", value: destroys, style: { tone: "warn", bold: true } },
  ] as const;
  return told.flatMap(({ label, value, style }) =>
    value === undefined ? [] : labelled(label, value, { width, labelWidth: 12, style }),
  );
}

/** The step that removes it by its title: its id means something in the checklist only. */
export function titled(effects: Effects, { sections }: Checklist): Effects {
  const remover = stepsInOrder(sections).find(({ step }) => step.id === effects.removedBy);
  return remover === undefined ? effects : { ...effects, removedBy: remover.step.title };
}

/** Of the whole drill, for the plan. */
export function plannedEffectRows({ checklist, steps }: Plan, width: number): readonly Row[] {
  const rows = stepsInOrder(checklist.sections)
    .map(({ step }) => steps[step.id])
    .flatMap((planned) =>
      planned?.notApplicable === undefined
        ? effectRows(titled(planned?.effects ?? {}, checklist), width)
        : [],
    );
  return rows.length === 0 ? [] : [[muted("MADE AND DESTROYED")], ...rows, BLANK];
}
