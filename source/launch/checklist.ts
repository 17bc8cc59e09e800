/** From the CHECKLIST argument to a loaded checklist. */
import { actionCatalogue } from "../actions/registry.ts";
import { findChecklist } from "../checklist/find.ts";
import { loadChecklist } from "../checklist/load.ts";
import { OFFERED_VARIABLES } from "../checklist/offered.ts";
import type { ChecklistResult } from "../checklist/parse.ts";
import { packagedChecklists } from "./packaged.ts";

export async function openChecklist(argument: string): Promise<ChecklistResult> {
  const found = await findChecklist(argument, packagedChecklists());
  if (!found.ok) return { ok: false, problems: [found.problem] };
  return loadChecklist(found.value, actionCatalogue(), Object.keys(OFFERED_VARIABLES));
}
