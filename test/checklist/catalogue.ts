/** A small catalogue, so that these tests do not move with the real actions. */
import type { ActionCatalogue } from "../../source/checklist/types.ts";

const input = (required: boolean, about: string) => ({ required, about });

export const CATALOGUE: ActionCatalogue = {
  "postgres/backup": {
    about: "Dumps the primary.",
    inputs: { format: input(false, "plain, custom or directory.") },
    outputs: { BACKUP_FILE: "Path of the backup", TIMESTAMP: "When it was taken" },
    besidePrimary: false,
  },
  "postgres/restore": {
    about: "Restores a backup.",
    inputs: { file: input(true, "The backup."), database: input(true, "The restore database.") },
    outputs: {},
    besidePrimary: true,
  },
  "http/check": {
    about: "Gets an address.",
    inputs: { url: input(true, "The address."), json: input(false, "What the answer holds.") },
    outputs: {},
    besidePrimary: false,
  },
  "drill/undo": { about: "Undoes.", inputs: {}, outputs: {}, besidePrimary: false },
  "app/stop": { about: "Stops the app.", inputs: {}, outputs: {}, besidePrimary: false },
};
