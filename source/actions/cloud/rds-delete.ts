import { z } from "zod";
import { defineAction } from "../define-action.ts";
import { deleteOwed } from "./delete-owed.ts";
import { DRILL_TAG } from "./drill-tag.ts";

export const rdsDeleteAction = defineAction({
  name: "rds/delete",
  about:
    "Deletes the RDS instances and snapshots that this drill made, and waits until they are gone. Only what carries this drill's tag is deleted.",
  inputs: z.strictObject({}),
  outputs: {},
  plan: () => [
    `aws rds delete-db-instance, aws rds delete-db-snapshot  -- of what this drill made, if its tag ${DRILL_TAG} is DRILL_ID`,
  ],
  run: (_input, context) => deleteOwed(context),
});
