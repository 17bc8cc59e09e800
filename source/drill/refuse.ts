import type { DrillCommand, Refusal } from "./commands.ts";
import type { DrillEvent } from "./events.ts";

export type Decision = readonly DrillEvent[] | Refusal;

export function isRefusal(decision: Decision): decision is Refusal {
  return "message" in decision;
}

export function refuse(command: DrillCommand, message: string, hint?: string): Refusal {
  const refusal = { command: command.type, message };
  return hint === undefined ? refusal : { ...refusal, hint };
}
