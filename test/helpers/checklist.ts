import type { Checklist, ConfirmStep, RunStep, Step } from "../../source/checklist/types.ts";
import type { DrillHeader } from "../../source/drill/types.ts";

type StepOptions = { id: string; optional?: boolean; always?: boolean };

function common({ id, optional = false, always = false }: StepOptions) {
  return { id, title: `Step ${id}`, optional, always };
}

export function runStep(options: StepOptions & { run?: string }): RunStep {
  return { ...common(options), kind: "run", run: options.run ?? "true" };
}

export function confirmStep(options: StepOptions & Partial<ConfirmStep>): ConfirmStep {
  const { confirm = "Look.", ask = [] } = options;
  return { ...common(options), kind: "confirm", confirm, ask };
}

/** One section, one item a step. */
export function checklistOf(...steps: readonly Step[]): Checklist {
  return {
    id: "test",
    title: "Test drill",
    source: { path: "test.yaml", digest: `sha256:${"0".repeat(64)}` },
    variables: [],
    sections: [
      {
        title: "Only section",
        items: steps.map((step) => ({
          id: `item-${step.id}`,
          title: `Item ${step.id}`,
          optional: step.optional,
          steps: [step],
        })),
      },
    ],
  };
}

export function headerOf(checklist: Checklist): DrillHeader {
  return {
    id: "drill-20261122-143000-test",
    checklist,
    environment: {
      name: "local",
      target: "direct",
      database: "ringrift",
      server: {
        address: "127.0.0.1:5432",
        version: "15.18",
        systemIdentifier: "7000000000000000001",
      },
    },
    restoreDatabase: "ringrift_restore_drill",
    operator: "Robin",
    startedAt: "2026-11-22T14:30:00.000Z",
    tool: { version: "0.1.0", node: "24.0.0", platform: "linux-x64" },
  };
}
