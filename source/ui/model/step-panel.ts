/** The panel of one step: what it is, what came of it, what it ran, and its output as it comes. */

import { mapEffects } from "../../checklist/effects.ts";
import type { Effects } from "../../checklist/types.ts";
import { reportOf } from "../../drill/evolve.ts";
import type { LocatedStep } from "../../drill/state.ts";
import { stepRecord, UNSTARTED } from "../../drill/state.ts";
import type { StepRecord } from "../../drill/types.ts";
import { stepStatus } from "../../drill/verdict.ts";
import { STATUS_MARK, STATUS_TONE, STATUS_WORD } from "../text/glyphs.ts";
import { indentRow, muted, paragraph, type Row, row, span, spread } from "../text/rows.ts";
import { oneLine, wrap } from "../text/width.ts";
import { type Block, fitBlocks } from "./blocks.ts";
import { checkRows, checkSummary, checksBesideProof } from "./checks.ts";
import type { Doc } from "./doc.ts";
import { effectRows, titled } from "./effects.ts";
import { humanRows } from "./human.ts";
import { outcomeRows } from "./outcome.ts";
import { type OutputOptions, outputRows, outputTail } from "./output.ts";
import { progressRows } from "./progress.ts";
import { clock, stepMilliseconds, took } from "./timing.ts";
import { planOf, type World } from "./world.ts";

export function stepTitle(world: World, located: LocatedStep, width: number): readonly Row[] {
  const { state } = stepRecord(world.drill ?? UNSTARTED, located.step.id);
  const status = world.drill === undefined ? planStatus(world, located) : stepStatus(state);
  const tone = STATUS_TONE[status];
  const passed = stepMilliseconds(state, world.now);
  const over = "finishedAt" in state;
  const word = `${STATUS_MARK[status]} ${STATUS_WORD[status]}${passed === undefined ? "" : ` ${over ? took(passed) : clock(passed)}`}`;
  const attempt = "attempt" in state && state.attempt > 1 ? ` (attempt ${state.attempt})` : "";
  const title = span(oneLine(world.expand(located.step.title)), { bold: true });
  return [spread([title], [span(word + attempt, tone === undefined ? {} : { tone })], width)];
}

function planStatus(world: World, { step }: LocatedStep) {
  return planOf(world)?.steps[step.id]?.notApplicable === undefined ? "pending" : "not-applicable";
}

export function stepDoc(world: World, located: LocatedStep, options: OutputOptions): Doc {
  const { width } = options;
  const record = stepRecord(world.drill ?? UNSTARTED, located.step.id);
  const blocks = blocksOf(world, located, record, width);
  const head = blocks.flatMap(({ rows }) => [...rows, []]);
  const output = outputRows(world, located.step.id, options);
  const start = head.length + (output.length > 0 ? 1 : 0);
  return {
    first: start + output.dropped,
    length: start + output.length,
    row: (index) => {
      if (index < head.length) return head[index] ?? [];
      return index < start ? outputTitle(output.length) : output.row(index - start);
    },
    overview: (height) => {
      const fitted = fitBlocks(
        blocks,
        height - Math.min(output.length, 4) - (output.length > 0 ? 1 : 0),
      );
      if (output.length === 0) return fitted.slice(0, height);
      const room = Math.max(0, height - fitted.length - 1);
      return [...fitted, outputTitle(output.length), ...outputTail(output, room)].slice(0, height);
    },
  };
}

function outputTitle(count: number): Row {
  return [muted(`Output · ${count} line${count === 1 ? "" : "s"}`)];
}

function blocksOf(world: World, located: LocatedStep, record: StepRecord, width: number): Block[] {
  const { step, item } = located;
  const report = reportOf(record);
  const about = [step.about, step.about === undefined ? item.about : undefined]
    .filter((text) => text !== undefined)
    .flatMap((text) => paragraph(world.expand(text.trim()), width));
  const looked = checksBesideProof(report);
  const checks = checkRows(looked, width);
  const over = "finishedAt" in record.state;
  const blocks: Block[] = [
    {
      rows: outcomeRows(world, located, record, width),
      // What went wrong is all that counts then, and it can be long.
      least: record.state.status === "failed" ? Number.POSITIVE_INFINITY : 4,
      rank: 0,
    },
    { rows: humanRows(world, located, record, width), least: 6, rank: 1 },
    { rows: about, least: 2, rank: 5 },
    { rows: over ? [] : effectRows(effectsOf(world, step), width), least: 2, rank: 2 },
    { rows: commandRows(world, located, record, width), least: 2, rank: over ? 4 : 3 },
    { rows: progressOf(world, located, record, width), least: 2, rank: 2, quiet: true },
    {
      rows: checks.length === 0 ? [] : [[muted(`Checks · ${checkSummary(looked)}`)], ...checks],
      least: 4,
      // What came of it counts more than how it was done.
      rank: over ? 3 : 4,
    },
    { rows: attemptRows(record, width), least: 1, rank: 6 },
  ];
  return blocks.filter(({ rows }) => rows.length > 0);
}

/** Before the drill, only the plan knows the variables. */
function effectsOf(world: World, step: LocatedStep["step"]): Effects {
  const planned = planOf(world);
  const effects =
    world.drill === undefined
      ? (planned?.steps[step.id]?.effects ?? {})
      : mapEffects(step, world.expand);
  const checklist = world.drill?.drill?.checklist ?? planned?.checklist;
  return checklist === undefined ? effects : titled(effects, checklist);
}

function progressOf(world: World, { step }: LocatedStep, record: StepRecord, width: number) {
  return record.state.status === "running" ? progressRows(world.progress(step.id), width) : [];
}

function commandRows(
  world: World,
  { step }: LocatedStep,
  record: StepRecord,
  width: number,
): readonly Row[] {
  const issued = record.attempts.at(-1)?.commands ?? [];
  const planned = planOf(world)?.steps[step.id]?.commands ?? [];
  const commands = issued.length > 0 ? issued : planned.length > 0 ? planned : written(step);
  if (commands.length === 0) return [];
  return [
    ...(issued.length > 0 ? [] : [row("Will run", { tone: "muted" })]),
    ...commands.flatMap((command) =>
      wrap(command.trim(), width - 4).map((line, index) => [
        muted(index === 0 ? "$ " : "  "),
        span(line, { tone: "accent" }),
      ]),
    ),
  ];
}

function written(step: LocatedStep["step"]): readonly string[] {
  if (step.kind === "run") return [step.run];
  if (step.kind === "start") return [step.start];
  return [];
}

/** Attempts before the last one; nothing is erased by a re-run. */
function attemptRows(record: StepRecord, width: number): readonly Row[] {
  const earlier = record.attempts.slice(0, -1).filter(({ ended }) => ended !== undefined);
  if (earlier.length === 0) return [];
  return [
    [muted("Earlier attempts")],
    ...earlier.flatMap(({ attempt, ended }) =>
      paragraph(`${attempt}. ${ended?.status ?? ""} ${ended?.message ?? ""}`, width - 2, {
        tone: "muted",
      }).map(indentRow),
    ),
  ];
}
