/** Every fault, in the order of a drill. */
import type { Fault } from "../types.ts";
import { BACKUP_FILE } from "./backup-file.ts";
import { DUMP } from "./dump.ts";
import { PRIMARY_FAULTS } from "./primary.ts";
import { RESTORE } from "./restore.ts";
import { restoredFaults } from "./restored.ts";

export const CATALOGUE: readonly Fault[] = [
  ...DUMP,
  ...PRIMARY_FAULTS,
  ...BACKUP_FILE,
  ...RESTORE,
  ...restoredFaults(),
];
