/** The plan before anything happens: where, what, what stands in the way, and what will be left out. */

import { fitOf } from "../../checklist/types.ts";
import type { StepId } from "../../drill/types.ts";
import type { Plan } from "../../engine/interface.ts";
import type { Problem } from "../../problem.ts";
import { BLANK, labelled, muted, paragraph, type Row, row, span } from "../text/rows.ts";
import { oneLine } from "../text/width.ts";
import { plannedEffectRows } from "./effects.ts";
import { isResuming, orderedSteps, type World } from "./world.ts";

export const SAFETY =
  "Primary sessions are read only. The drill creates its own database, marks it, and drops nothing that lacks its mark.";

export interface PlanChoices {
  readonly operator: string;
  readonly skips: Readonly<Record<StepId, string>>;
}

export function planRows(world: World, choices: PlanChoices, width: number): readonly Row[] {
  if (world.launch.status !== "planned") return [];
  const { plan, problems } = world.launch;
  return [
    ...paragraph(plan.checklist.title, width, { bold: true }),
    ...(plan.resumes === undefined
      ? []
      : paragraph(`Goes on with drill ${plan.resumes.drill}.`, width, { tone: "info" })),
    BLANK,
    ...problemRows(problems, width),
    ...readyRow(world, problems, width),
    BLANK,
    ...placeRows(plan, choices, width),
    BLANK,
    ...foundRows(plan, width),
    ...paragraph(SAFETY, width, { tone: "good" }),
    BLANK,
    ...plannedEffectRows(plan, width),
    ...variableRows(plan, width),
    ...countRows(world, plan, choices, width),
    ...(plan.checklist.about === undefined
      ? []
      : [BLANK, ...paragraph(plan.checklist.about, width)]),
  ];
}

function readyRow(world: World, problems: readonly Problem[], width: number): readonly Row[] {
  if (problems.length > 0) {
    return paragraph("The drill cannot begin before this is settled.", width, { tone: "warn" });
  }
  const verb = isResuming(world) ? "go on with" : "begin";
  return paragraph(`Nothing has been started. Press b to ${verb} the drill.`, width, {
    tone: "info",
    bold: true,
  });
}

export function problemRows(problems: readonly Problem[], width: number): readonly Row[] {
  return problems.flatMap((problem) => [
    ...paragraph(`✗ ${problem.message}`, width, { tone: "bad", bold: true }),
    ...(problem.where === undefined
      ? []
      : paragraph(`  at ${problem.where}`, width, { tone: "muted" })),
    ...(problem.hint === undefined ? [] : paragraph(`  ${problem.hint}`, width)),
    ...Object.entries(problem.details ?? {}).flatMap(([name, value]) =>
      labelled(`  ${name}`, value, { width, labelWidth: 16 }),
    ),
    ...(isLeftover(problem)
      ? [row("  Press l to choose another name, or to drop it.", { tone: "warn", bold: true })]
      : []),
    BLANK,
  ]);
}

export function isLeftover(problem: Problem): boolean {
  return problem.details?.database !== undefined && problem.details.owner !== undefined;
}

function placeRows(plan: Plan, choices: PlanChoices, width: number): readonly Row[] {
  const { environment } = plan;
  const fact = (label: string, value: string, bold = false) =>
    labelled(label, value, { width, labelWidth: 18, style: { bold } });
  return [
    ...fact("Environment", `${environment.name} (${environment.target})`),
    ...fact("Made for", fitOf(plan.checklist).join(" and ")),
    ...fact("Primary", environment.database, true),
    ...fact("Server", `${environment.server.address}, PostgreSQL ${environment.server.version}`),
    ...fact("Restore database", plan.restoreDatabase, true),
    ...fact("Backups go to", plan.backupDirectory),
    ...fact("Operator", choices.operator),
    ...(plan.checklist.approval === undefined
      ? []
      : fact("Approval", "required: somebody else signs the entry, too")),
  ];
}

/** To be confirmed before a drill relies on it. */
function foundRows({ found }: Plan, width: number): readonly Row[] {
  if (found === undefined) return [];
  return [
    [muted("FOUND HERE  "), muted("w writes it to restore-drill.yaml")],
    ...found.flatMap(({ key, value, from }) =>
      labelled(key, `${value}  (${from})`, { width, labelWidth: 18 }),
    ),
    BLANK,
  ];
}

function variableRows(plan: Plan, width: number): readonly Row[] {
  if (plan.variables.length === 0) return [];
  return [
    [muted("VARIABLES  "), muted("v changes them")],
    ...plan.variables.flatMap(({ declaration, value }) => [
      ...labelled(declaration.name, value === "" ? "(empty)" : value, { width, labelWidth: 22 }),
      ...(declaration.description === undefined || width < 60
        ? []
        : paragraph(declaration.description, width - 4, { tone: "muted" }).map((cells) => [
            span("    "),
            ...cells,
          ])),
    ]),
    BLANK,
  ];
}

function countRows(world: World, plan: Plan, choices: PlanChoices, width: number): readonly Row[] {
  const steps = orderedSteps(world).map(({ step }) => step);
  const absent = steps.filter(({ id }) => plan.steps[id]?.notApplicable !== undefined);
  const present = steps.filter((step) => !absent.includes(step));
  const skipped = present.filter(({ id }) => choices.skips[id] !== undefined);
  const run = present.filter((step) => !skipped.includes(step));
  const human = run.filter(({ kind }) => kind === "confirm").length;
  const optional = run.filter((step) => step.optional).length;
  const parts = [
    `${run.length} steps will run, ${optional} of them optional and ${human} for you to confirm`,
  ];
  if (skipped.length > 0) parts.push(`${skipped.length} will be skipped`);
  if (absent.length > 0) parts.push(`${absent.length} do not apply here`);
  return [
    ...paragraph(`${parts.join("; ")}.`, width),
    ...absent.flatMap(({ id, title }) =>
      paragraph(`· ${oneLine(title)}: ${plan.steps[id]?.notApplicable ?? ""}`, width, {
        tone: "muted",
      }),
    ),
    ...skipped.flatMap(({ id, title }) =>
      paragraph(`– ${oneLine(title)}: ${choices.skips[id] ?? ""}`, width, { tone: "muted" }),
    ),
  ];
}

export function openingRows(world: World, width: number, spin: string): readonly Row[] {
  if (world.launch.status !== "opening") return [];
  const { environment, lines } = world.launch;
  const last = lines.length - 1;
  return [
    ...paragraph(`Opening ${environment}`, width, { bold: true }),
    BLANK,
    ...lines.flatMap((line, index) => {
      const mark = index === last ? spin : "✓";
      return paragraph(`${mark} ${line}`, width, index === last ? {} : { tone: "muted" });
    }),
    ...(lines.length === 0 ? [row(`${spin} Looking around`)] : []),
  ];
}

export function refusedRows(world: World, width: number): readonly Row[] {
  if (world.launch.status !== "refused") return [];
  return [
    ...problemRows([world.launch.problem], width),
    ...paragraph("Nothing was touched. Any key leaves.", width, { tone: "muted" }),
  ];
}
