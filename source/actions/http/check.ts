import { z } from "zod";
import type { JsonValue } from "../../checklist/types.ts";
import type { Check } from "../../drill/types.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { info, judged, warning } from "../outcome.ts";
import { type HttpAnswer, httpGet } from "./get.ts";
import { jsonDifferences } from "./json-difference.ts";
import { selfReports } from "./self-report.ts";

const TIMEOUT_SECONDS = 10;
const MOST_REPORTS = 20;
const SHOWN_CHARACTERS = 60;
const JSON_VALUE: z.ZodType<JsonValue> = z.json();

const inputs = z.strictObject({
  url: z.string().min(1).describe("Address to get, http or https."),
  status: z.coerce
    .number()
    .int()
    .min(100)
    .max(599)
    .default(200)
    .describe("Status the answer must have; 200 unless given."),
  json: JSON_VALUE.optional().describe(
    "What the JSON answer must hold. Objects may hold more; arrays must match place by place.",
  ),
  healthy: z
    .boolean()
    .optional()
    .describe(
      "True: where the answer is JSON, no `status` or the like in it may say that something is ill.",
    ),
});

type Input = z.output<typeof inputs>;

export const httpCheckAction = defineAction({
  name: "http/check",
  about: "Gets an address and compares its status and JSON with what is expected.",
  inputs,
  outputs: {},
  plan: ({ url }) => [commandOf(url)],
  run: check,
});

function commandOf(url: string): string {
  return `GET ${url}`;
}

async function check(input: Input, context: ActionContext): Promise<ActionResult> {
  await context.command(commandOf(input.url));
  const got = await httpGet(input.url, {
    timeoutSeconds: TIMEOUT_SECONDS,
    signal: context.signal,
  });
  if (!got.ok) {
    const observed = got.problem.message;
    const checks: readonly Check[] = [
      { title: "Status", status: "failed", expected: String(input.status), observed },
    ];
    return { ok: false, problem: got.problem, checks };
  }
  for (const line of got.value.body.split(/\r?\n/u)) context.line("stdout", line);
  const checks = [
    statusCheck(input.status, got.value),
    ...(input.json === undefined ? [] : jsonChecks(input.json, got.value.body)),
    ...(input.healthy === true ? healthChecks(got.value.body) : []),
  ];
  const failed = checks.filter(({ status }) => status === "failed");
  if (failed.length === 0) return { ok: true, checks };
  const first = failed
    .slice(0, 3)
    .map(({ title, expected, observed }) => `${title} was ${observed}, not ${expected}`)
    .join("; ");
  return {
    ok: false,
    checks,
    problem: {
      code: "failed",
      message: `${got.value.url} did not answer as expected: ${first}.`,
      hint: "Read the whole answer in the step's output, mend the cause, and run the step again.",
    },
  };
}

function statusCheck(expected: number, { status, elsewhere }: HttpAnswer): Check {
  const away = elsewhere === undefined ? "" : ` (redirects to another host: ${elsewhere})`;
  return {
    title: "Status",
    status: status === expected ? "passed" : "failed",
    expected: String(expected),
    observed: `${status}${away}`,
  };
}

const WELL = "nothing that says it is ill";

function healthChecks(body: string): readonly Check[] {
  const answer = parsed(body);
  if (answer === undefined) return [info("Says of itself", "not JSON: only the status counts")];
  const reports = selfReports(answer.value);
  if (reports.length === 0) return [info("Says of itself", "nothing: only the status counts")];
  return reports.slice(0, MOST_REPORTS).map(({ path, said, verdict }) => {
    const observed = JSON.stringify(said.slice(0, SHOWN_CHARACTERS));
    if (verdict === "unknown") return warning(path, `${observed}, which is no word known here`);
    return judged(path, verdict === "well", { expected: WELL, observed });
  });
}

function jsonChecks(expected: JsonValue, body: string): readonly Check[] {
  const observed = parsed(body);
  if (observed === undefined) {
    const shown = body.trim() === "" ? "an empty body" : "a body that is not JSON";
    return [
      { title: "JSON", status: "failed", expected: JSON.stringify(expected), observed: shown },
    ];
  }
  const differences = jsonDifferences(expected, observed.value);
  if (differences.length === 0) {
    const text = JSON.stringify(expected);
    return [{ title: "JSON", status: "passed", expected: text, observed: "holds all of it" }];
  }
  return differences.map((difference) => ({
    title: difference.path,
    status: "failed",
    expected: difference.expected,
    observed: difference.observed,
  }));
}

function parsed(body: string): { readonly value: JsonValue } | undefined {
  try {
    const value: JsonValue = JSON.parse(body);
    return { value };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
