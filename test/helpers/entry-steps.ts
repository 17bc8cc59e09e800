import { z } from "zod";

const stepShape = z.looseObject({ id: z.string(), status: z.string() });
const entryShape = z.looseObject({
  verdict: z.string(),
  items: z.array(z.looseObject({ steps: z.array(stepShape) })),
});

/** How the steps of a log entry ended, by their ids. */
export function stepStatuses(entry: unknown): Readonly<Record<string, string>> {
  const steps = entryShape.parse(entry).items.flatMap((item) => item.steps);
  return Object.fromEntries(steps.map(({ id, status }) => [id, status]));
}

export function verdictOf(entry: unknown): string {
  return entryShape.parse(entry).verdict;
}
