/** The lines at the top: where, which databases, how long, and that the primary is safe. */

import type { Verdict } from "../../drill/types.ts";
import { deviationsOf, verdictOf } from "../../drill/verdict.ts";
import { type Row, type Span, span, spread, type Tone } from "../text/rows.ts";
import { oneLine } from "../text/width.ts";
import { clock, drillMilliseconds } from "./timing.ts";
import { checklistOf, isResuming, planOf, type World } from "./world.ts";

export const BRAND = "Restore Drill";

export const VERDICT_WORD: Readonly<Record<Verdict, string>> = {
  passed: "PASSED",
  "passed-with-deviations": "PASSED WITH DEVIATIONS",
  failed: "FAILED",
  incomplete: "INCOMPLETE",
  aborted: "ABORTED",
};

export const VERDICT_TONE: Readonly<Record<Verdict, Tone>> = {
  passed: "good",
  "passed-with-deviations": "warn",
  failed: "bad",
  incomplete: "warn",
  aborted: "bad",
};

export function headerRows(world: World, width: number): readonly Row[] {
  const where = world.drill?.drill ?? planOf(world);
  if (where === undefined) return [spread(brand(), [], width), []];
  const { environment, restoreDatabase } = where;
  const { server } = environment;
  const place = `${oneLine(environment.name)} (${environment.target})`;
  const machine =
    width >= 90
      ? ` · ${oneLine(server.address)} · PostgreSQL ${oneLine(server.version.split(" ")[0] ?? "")}`
      : "";
  const first: Row =
    width >= 60
      ? [...brand(), span(`  ${place}`), span(machine, { tone: "muted" })]
      : [span(place, { bold: true })];
  const databases: Row = [
    span(oneLine(environment.database), { bold: true }),
    span(" → ", { tone: "muted" }),
    span(oneLine(restoreDatabase), { bold: true, tone: "accent" }),
    ...(width >= 90
      ? [span(`   ${oneLine(checklistOf(world)?.title ?? "")}`, { tone: "muted" })]
      : []),
  ];
  return [
    spread(first, [badge(width), span(` ${elapsed(world)}`)], width),
    spread(databases, standing(world, width), width),
  ];
}

function brand(): Row {
  return [span(BRAND, { bold: true, tone: "accent" })];
}

function badge(width: number): Span {
  const text = width >= 60 ? " PRIMARY READ-ONLY " : " READ-ONLY ";
  return span(`[${text.trim()}]`, { tone: "good", bold: true });
}

function elapsed(world: World): string {
  if (world.drill === undefined) return clock(world.now - world.openedAt);
  return clock(drillMilliseconds(world.drill, world.now));
}

/** How it stands: while it runs only what is already bad, afterwards the verdict. */
function standing(world: World, width: number): Row {
  if (world.drill === undefined)
    return [span(isResuming(world) ? "resume" : "plan", { tone: "muted" })];
  const verdict = verdictOf(world.drill);
  const over = ["ended", "signing", "signed-off"].includes(world.drill.phase);
  if (over || verdict === "failed" || verdict === "aborted") {
    const word = VERDICT_WORD[verdict];
    return [
      span(width < 60 && verdict === "passed-with-deviations" ? "DEVIATIONS" : word, {
        tone: VERDICT_TONE[verdict],
        bold: true,
      }),
    ];
  }
  const deviations = deviationsOf(world.drill).length;
  const parts: Span[] = [];
  if (world.drill.paused) parts.push(span("PAUSED", { tone: "warn", bold: true }));
  if (deviations > 0)
    parts.push(
      span(`${parts.length > 0 ? " " : ""}~${deviations} deviation${deviations === 1 ? "" : "s"}`, {
        tone: "warn",
      }),
    );
  return parts;
}
