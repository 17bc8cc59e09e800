/** Dialogs about the record: the sign-off, and the export of what was signed. */
import { namedApprover, needsApproval } from "../../drill/approval.ts";
import { DRILL_KINDS, kindOf, relatedOf } from "../../drill/kind.ts";
import type { DrillState } from "../../drill/state.ts";
import { EXPORT_FORMATS, type ExportFormat } from "../control/effects.ts";
import { approvalRows, verdictRows } from "../model/summary.ts";
import type { World } from "../model/world.ts";
import { paragraph } from "../text/rows.ts";
import { CANCEL, type DialogSpec, entered, type Field } from "./spec.ts";

export function signOffDialog(world: World, operator: string): DialogSpec | undefined {
  const { drill } = world;
  if (drill === undefined) return undefined;
  const issues = drill.findings.map(({ text }) => text).join("\n");
  const field = (name: string, label: string, more: Partial<Field> = {}): Field => ({
    name,
    label,
    kind: "line",
    initial: "",
    optional: true,
    ...more,
  });
  return {
    title: "Sign off",
    body: (width) => [...verdictRows(drill, width), ...approvalRows(drill, width)],
    fields: [
      field("operator", "Operator", { initial: operator, optional: false }),
      field("issues", "Issues found", {
        kind: "lines",
        initial: issues,
        hint: "empty when there were none",
      }),
      field("statement", "Statement", {
        kind: "lines",
        optional: false,
        initial: "I ran this drill. This record is complete and true.",
      }),
      field("kind", "Kind of drill", {
        kind: "choice",
        choices: DRILL_KINDS,
        initial: kindOf(drill),
      }),
      field("related", "Related records", {
        initial: relatedOf(drill).join(", "),
        hint: "runbooks, incidents; separated by commas",
      }),
      field("approver", "Approver", {
        initial: namedApprover(drill) ?? "",
        ...(needsApproval(drill) ? { hint: "who will sign next" } : {}),
      }),
    ],
    buttons: [
      {
        label: "Sign",
        primary: true,
        needs: ["operator", "statement"],
        press: (values) => {
          const approver = entered(values, "approver");
          const related = entered(values, "related")
            .split(/[,\n]/)
            .map((one) => one.trim());
          return {
            effects: [
              {
                type: "dispatch",
                request: {
                  type: "sign-off",
                  signOff: {
                    operator: entered(values, "operator"),
                    ...(approver === "" ? {} : { approver }),
                    issues: entered(values, "issues"),
                    statement: entered(values, "statement"),
                    kind: DRILL_KINDS.find((kind) => kind === values.kind) ?? kindOf(drill),
                    related: related.filter((one) => one !== ""),
                  },
                },
              },
            ],
          };
        },
      },
      { ...CANCEL, label: "Not yet" },
    ],
  };
}

const ENDINGS: Readonly<Record<ExportFormat, string>> = {
  markdown: "md",
  json: "json",
  html: "html",
};

export function exportDialog(drill: DrillState): DialogSpec | undefined {
  if (drill.entry === undefined) return undefined;
  const base = `${drill.entry.id.replace(/[^\w.-]+/g, "-")}`;
  return {
    title: "Export the log entry",
    body: (width) => paragraph(`Entry ${drill.entry?.id ?? ""}`, width),
    fields: [
      {
        name: "format",
        label: "Format",
        kind: "choice",
        choices: EXPORT_FORMATS,
        initial: "markdown",
        optional: false,
      },
      {
        name: "file",
        label: "File",
        kind: "line",
        initial: "",
        optional: true,
        hint: `empty: ${base}.md, .json or .html here`,
      },
    ],
    buttons: [
      {
        label: "Export",
        primary: true,
        needs: [],
        press: (values) => {
          const format = EXPORT_FORMATS.find((one) => one === values.format) ?? "markdown";
          const file = entered(values, "file") || `${base}.${ENDINGS[format]}`;
          return { effects: [{ type: "export", format, file }] };
        },
      },
      CANCEL,
    ],
  };
}
