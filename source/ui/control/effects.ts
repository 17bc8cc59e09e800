/** What the screen asks the outside to do. Data, so that everything before it stays pure. */

import type { RowsRequest } from "../../drill/row-values.ts";
import type { StepId } from "../../drill/types.ts";
import type { BeginChoices, OperatorRequest } from "../../engine/interface.ts";

export const EXPORT_FORMATS = ["markdown", "json", "html"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export type Effect =
  | { readonly type: "dispatch"; readonly request: OperatorRequest; readonly done?: string }
  | {
      readonly type: "begin";
      readonly operator: string;
      readonly skips: Readonly<Record<StepId, string>>;
      readonly listener?: NonNullable<BeginChoices["listener"]>;
    }
  | { readonly type: "change"; readonly overrides: Readonly<Record<string, string>> }
  | { readonly type: "drop-leftover"; readonly typed: string }
  | { readonly type: "save-found" }
  | { readonly type: "export"; readonly format: ExportFormat; readonly file: string }
  /** Values come back into the screen's own state and nowhere else. */
  | { readonly type: "row-values"; readonly request: RowsRequest; readonly more: number }
  /** Stops the running step. */
  | { readonly type: "stop"; readonly reason: string }
  | { readonly type: "leave" };
