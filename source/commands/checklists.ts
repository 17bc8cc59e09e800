import { listChecklists } from "../checklist/find.ts";
import { PLACES, type Place } from "../checklist/types.ts";
import { guardPlace } from "../environment/guard.ts";
import { openChecklist } from "../launch/checklist.ts";
import { packagedChecklists } from "../launch/packaged.ts";
import { storage } from "../settings/storage.ts";
import { chooseConfig, type Failed } from "./prepare.ts";
import { complainAll, out } from "./terminal.ts";

export interface ChecklistsOptions {
  readonly json?: boolean;
  readonly environment?: string;
  readonly config?: string;
}

export async function checklistsCommand(options: ChecklistsOptions): Promise<number> {
  const all = await listChecklists(packagedChecklists());
  const fits = await filterFor(options);
  if (!fits.ok) return complainAll(fits.problems);
  const listed = all.filter(({ fit }) => fits.value(PLACES.filter((place) => fit.includes(place))));
  if (options.json === true) {
    out(JSON.stringify(listed, undefined, 2));
    return 0;
  }
  if (listed.length === 0) out("No checklist is fit for this environment.");
  const width = Math.max(...listed.map(({ id }) => id.length));
  for (const { id, title, fit } of listed) {
    out(`${id.padEnd(width)}  ${title}${fit.length === 0 ? "" : ` (for ${fit.join(" and ")})`}`);
  }
  return 0;
}

type Fits = (fit: readonly Place[]) => boolean;

/** Without an environment, all of them; with one, those that `run` would not refuse there. */
async function filterFor({
  environment,
  config: file,
}: ChecklistsOptions): Promise<{ ok: true; value: Fits } | Failed> {
  if (environment === undefined) return { ok: true, value: () => true };
  const chosen = await chooseConfig(storage(process.env), { environment, config: file });
  if (!chosen.ok) return chosen;
  const config = chosen.value;
  return { ok: true, value: (fit) => guardPlace(config, process.env, fit) === undefined };
}

/** 0 when all hold, 3 when any does not; every complaint of every file is printed. */
export async function checkCommand(files: readonly string[]): Promise<number> {
  let exit = 0;
  for (const file of files) {
    const loaded = await openChecklist(file);
    if (loaded.ok) {
      const { sections, id } = loaded.value;
      const items = sections.flatMap((section) => section.items);
      const steps = items.flatMap((item) => item.steps);
      out(`${file}: ${id} holds: ${items.length} items, ${steps.length} steps`);
    } else {
      exit = complainAll(loaded.problems);
    }
  }
  return exit;
}
