/** Checks with what was expected and what was observed; the failed ones come first. */
import type { Check, StepReport } from "../../drill/types.ts";
import { indentRow, muted, paragraph, type Row, span, type Tone } from "../text/rows.ts";
import { oneLine } from "../text/width.ts";
import { diffBlock, diffOf } from "./differences.ts";

const MARK: Readonly<Record<Check["status"], string>> = {
  passed: "✓",
  failed: "✗",
  warning: "!",
  info: "·",
};

const TONE: Readonly<Record<Check["status"], Tone>> = {
  passed: "good",
  failed: "bad",
  warning: "warn",
  info: "muted",
};

const ORDER: readonly Check["status"][] = ["failed", "warning", "passed", "info"];

export function checkRows(checks: readonly Check[], width: number): readonly Row[] {
  const ordered = ORDER.flatMap((status) => checks.filter((check) => check.status === status));
  return ordered.flatMap((check) => oneCheck(check, width));
}

/** Without the differences that the proof tells itself. */
export function checksBesideProof({ checks, proof }: StepReport): readonly Check[] {
  const id = (object: string, { expected, observed }: Pick<Check, "expected" | "observed">) =>
    JSON.stringify([object, expected, observed]);
  const told = new Set(proof?.differences.map((one) => id(one.object, one)));
  return checks.filter((check) => check.status !== "failed" || !told.has(id(check.title, check)));
}

function oneCheck(check: Check, width: number): readonly Row[] {
  const mark = span(`${MARK[check.status]} `, { tone: TONE[check.status], bold: true });
  const [first = [], ...rest] = paragraph(check.title, width - 2);
  const diff = diffOf(check);
  const name = [[mark, ...first], ...rest.map(indentRow)];
  if (diff !== undefined) return diffBlock(name, diff, width);
  return [
    ...name,
    ...(check.expected === undefined ? [] : fact("expected", check.expected, width, "muted")),
    ...fact("observed", check.observed, width, check.status === "failed" ? "bad" : undefined),
  ];
}

function fact(label: string, value: string, width: number, tone?: Tone): readonly Row[] {
  const head = `  ${label} `;
  return paragraph(value, Math.max(8, width - head.length), tone === undefined ? {} : { tone }).map(
    (cells, index) => [muted(index === 0 ? head : " ".repeat(head.length)), ...cells],
  );
}

export function checkSummary(checks: readonly Check[]): string {
  const count = (status: Check["status"]) =>
    checks.filter((check) => check.status === status).length;
  const parts = [`${count("passed")} passed`];
  if (count("failed") > 0) parts.push(`${count("failed")} failed`);
  if (count("warning") > 0)
    parts.push(`${count("warning")} warning${count("warning") === 1 ? "" : "s"}`);
  return oneLine(parts.join(", "));
}
