import { z } from "zod";
import { defineAction } from "../define-action.ts";
import { deleteOwed } from "./delete-owed.ts";
import { DRILL_TAG } from "./drill-tag.ts";

export const cloudSqlDeleteAction = defineAction({
  name: "cloudsql/delete",
  about:
    "Deletes the Cloud SQL instance and backup that this drill made, and waits until they are gone. Only what carries this drill's label, or its id as description, is deleted; a clone of its own that could not be labelled before is labelled first.",
  inputs: z.strictObject({}),
  outputs: {},
  plan: () => [
    `gcloud sql instances delete, gcloud sql backups delete  -- of what this drill made, if its label (description) ${DRILL_TAG} is DRILL_ID`,
  ],
  run: (_input, context) => deleteOwed(context),
});
