/** Dialogs as data: fields to fill, buttons to press, and what pressing one means. */

import type { StepId } from "../../drill/types.ts";
import type { OperatorRequest } from "../../engine/interface.ts";
import type { Effect } from "../control/effects.ts";
import type { Row } from "../text/rows.ts";

export type DialogKind =
  | { readonly kind: "answer"; readonly step: StepId }
  | { readonly kind: "failure"; readonly step: StepId }
  | { readonly kind: "excuse"; readonly step: StepId }
  | { readonly kind: "retry"; readonly step: StepId }
  | { readonly kind: "finding"; readonly step?: StepId }
  | { readonly kind: "stop" }
  | { readonly kind: "abort" }
  | { readonly kind: "give-up" }
  | { readonly kind: "leave" }
  | { readonly kind: "keep" }
  | { readonly kind: "cleanup"; readonly resource: string }
  | { readonly kind: "sign-off" }
  | { readonly kind: "export" }
  | { readonly kind: "settings" }
  | { readonly kind: "leftover" }
  | { readonly kind: "plan-skip"; readonly step: StepId };

export type Values = Readonly<Record<string, string>>;

export interface Field {
  readonly name: string;
  readonly label: string;
  /** `line`: one line. `lines`: Enter breaks the line. `choice`: left and right choose. */
  readonly kind: "line" | "lines" | "choice";
  readonly choices?: readonly string[];
  readonly initial: string;
  readonly optional: boolean;
  readonly hint?: string;
  /** Empty is as good as anything, so "optional" need not be said. */
  readonly plain?: boolean;
  check?(value: string): string | undefined;
}

export interface Outcome {
  readonly effects?: readonly Effect[];
  readonly open?: DialogKind;
  readonly operator?: string;
  readonly skip?: { readonly step: StepId; readonly reason: string | undefined };
}

export interface Button {
  readonly label: string;
  readonly about?: string;
  /** Fields that must be good before it works. */
  readonly needs: readonly string[];
  /** What Ctrl+D presses. */
  readonly primary?: boolean;
  press(values: Values): Outcome;
}

export interface DialogSpec {
  readonly title: string;
  body(width: number): readonly Row[];
  readonly fields: readonly Field[];
  readonly buttons: readonly Button[];
}

export const CANCEL: Button = { label: "Cancel", needs: [], press: () => ({}) };

export function reasonField(label: string): Field {
  return { name: "reason", label, kind: "line", initial: "", optional: false };
}

/** Why a value does not do, or undefined. */
export function fieldComplaint(field: Field, value: string): string | undefined {
  if (value.trim() === "") return field.optional ? undefined : `${field.label} is needed.`;
  return field.check?.(value);
}

export function entered(values: Values, name: string): string {
  return (values[name] ?? "").trim();
}

export function send(request: OperatorRequest, done?: string): Outcome {
  return { effects: [{ type: "dispatch", request, ...(done === undefined ? {} : { done }) }] };
}
