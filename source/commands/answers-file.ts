/** Reads the file given with `--answers`. */
import { loadText } from "../checklist/load.ts";
import { type Answers, answersSchema, toAnswers } from "../headless/answers.ts";
import type { Problem } from "../problem.ts";

export type AnswersResult =
  | { readonly ok: true; readonly value: Answers }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export async function loadAnswers(file: string): Promise<AnswersResult> {
  const text = await loadText(file);
  if (!text.ok) return { ok: false, problems: [text.problem] };
  const { parseYaml } = await import("../yaml/parse.ts");
  const parsed = parseYaml(text.value.text, file, answersSchema);
  return parsed.ok ? { ok: true, value: toAnswers(parsed.value) } : parsed;
}
