import { storage } from "../settings/storage.ts";
import { type LogArguments, logCommand } from "./log.ts";
import { err, out } from "./terminal.ts";

export function runLogCommand(given: LogArguments): Promise<number> {
  return logCommand(given, { storage: storage(process.env), out, err });
}
