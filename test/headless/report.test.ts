import { expect, it } from "vitest";
import { cleanOutcome } from "../../source/actions/clean-output.ts";
import { describeEvent } from "../../source/headless/report.ts";
import { createRedactor } from "../../source/process/redact.ts";
import { DIFFERENCES, sceneNamed } from "../ui/scenes.ts";

const { drill } = sceneNamed("different").launch.engine;
const { state } = drill.steps.prove ?? {};
if (state?.status !== "failed") throw new Error("the scene has no failed proof");
const { report, failure, finishedAt: at, attempt } = state;

it("tells definitions that differ as a diff, and values side by side", () => {
  const lines = describeEvent(
    { type: "step-failed", step: "prove", attempt, at, report, failure },
    drill,
  );
  expect(lines.map((line) => line.slice(10))).toEqual([
    expect.stringContaining("FAILED  prove"),
    expect.stringMatching(/^failed: public\.games: as many rows.*, expected 40,000 rows/),
    "failed: public.games row (7): other value in column status, expected as at the snapshot",
    "failed: index public.games_status (- expected, + observed)",
    "  - … ON public.games USING btree (status, created_at)",
    "  + … ON public.games USING btree (status)",
    "failed: function public.touch() (- expected, + observed)",
    "    …",
    "    AS $function$",
    "    BEGIN",
    "  -   NEW.updated_at = now();",
    "  +   NEW.updated_at = NULL;",
    "      RETURN NEW;",
    "    END;",
    "    …",
    "info: Took: 6.3 s",
    failure.message,
    failure.hint,
  ]);
});

it("reports no key of a row that holds a secret", () => {
  const keyed = DIFFERENCES.filter(({ row }) => row !== undefined);
  const rows = [
    ...keyed,
    ...keyed.map((one) => ({ ...one, row: { schema: "s", table: "t", key: "(hunter22)" } })),
  ];
  const proof = report.proof === undefined ? undefined : { ...report.proof, differences: rows };
  if (proof === undefined) throw new Error("the scene has no proof");
  const { redact } = createRedactor(["hunter22"]);
  const clean = cleanOutcome({ status: "failed", report: { ...report, proof }, failure }, redact);
  expect(clean.report.proof?.differences.map(({ row }) => row)).toEqual([keyed[0]?.row, undefined]);
});
