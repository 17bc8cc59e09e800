/** Documents for the tests, and what the loader says of them. */
import { type ChecklistResult, parseChecklist } from "../../source/checklist/parse.ts";
import { CATALOGUE } from "./catalogue.ts";

export const OFFERED = ["PRIMARY_DB", "BACKUP_DIR", "APP_PATH_HEALTH"];

export function parse(text: string): ChecklistResult {
  const source = { path: "drill.yaml", digest: `sha256:${"0".repeat(64)}` };
  return parseChecklist(text, source, { catalogue: CATALOGUE, offered: OFFERED });
}

/** `line:column message (hint)` of each problem. */
export function complaints(text: string): readonly string[] {
  const result = parse(text);
  if (result.ok) return [];
  return result.problems.map(({ where = "", message, hint = "" }) =>
    `${where.replace("drill.yaml:", "")} ${message}${hint === "" ? "" : ` (${hint})`}`.trim(),
  );
}

/** Lines 1 and 2 are the head; the rest is the caller's, from line 3. */
export function withHead(rest: string): string {
  return `id: drill\ntitle: A drill\n${rest}`;
}

const ABOVE_STEPS = `sections:
  - title: Section
    items:
      - id: item
        title: Item
        steps:
`;

/** Any steps, as lines of the list; they start in line 9, column 11. */
export function withSteps(...lines: readonly string[]): string {
  return withHead(`${ABOVE_STEPS}${lines.map((line) => `          ${line}\n`).join("")}`);
}

/** One step with these keys; they start in line 11, column 13. */
export function withStep(...lines: readonly string[]): string {
  return withSteps("- id: one", "  title: One", ...lines.map((line) => `  ${line}`));
}
