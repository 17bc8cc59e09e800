import { listChecklists } from "../checklist/find.ts";
import { openChecklist } from "../launch/checklist.ts";
import { packagedChecklists } from "../launch/packaged.ts";
import { complainAll, out } from "./terminal.ts";

export async function checklistsCommand({ json = false }: { json?: boolean }): Promise<number> {
  const listed = await listChecklists(packagedChecklists());
  if (json) {
    out(JSON.stringify(listed, undefined, 2));
    return 0;
  }
  const width = Math.max(...listed.map(({ id }) => id.length));
  for (const { id, title, fit } of listed) {
    out(`${id.padEnd(width)}  ${title}${fit.length === 0 ? "" : ` (for ${fit.join(" and ")})`}`);
  }
  return 0;
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
