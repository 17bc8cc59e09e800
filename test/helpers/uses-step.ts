import type { JsonValue, UsesStep } from "../../source/checklist/types.ts";

export function usesStep(uses: string, inputs: Readonly<Record<string, JsonValue>> = {}): UsesStep {
  return {
    ...{ id: "act", title: `Do ${uses}`, optional: false, always: false },
    kind: "uses",
    uses,
    with: inputs,
  };
}
