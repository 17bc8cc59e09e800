import { fileURLToPath } from "node:url";

/** The directory of the checklists that come with the tool, from source and from the bundle. */
export function packagedChecklists(): string {
  const here = import.meta.url;
  const up = here.endsWith("/source/launch/packaged.ts") ? "../../checklists/" : "../checklists/";
  return fileURLToPath(new URL(up, here));
}
