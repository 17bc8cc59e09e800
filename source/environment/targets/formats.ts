/** Which formats the programs at hand can dump and restore. */
import type { BackupFormat } from "../target.ts";
import type { FoundTool, Toolbox } from "../tools.ts";

export function formatsOf(tools: Toolbox): Readonly<Record<BackupFormat, true | string>> {
  const { pg_dump, pg_restore, psql } = tools;
  const reason = (restorer: FoundTool) => {
    const lacking = [pg_dump, restorer].flatMap((tool) =>
      "missing" in tool ? [tool.missing] : [],
    );
    return lacking[0] ?? true;
  };
  return { plain: reason(psql), custom: reason(pg_restore), directory: reason(pg_restore) };
}
