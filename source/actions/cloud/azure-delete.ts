import { z } from "zod";
import { defineAction } from "../define-action.ts";
import { deleteOwed } from "./delete-owed.ts";
import { DRILL_TAG } from "./drill-tag.ts";

export const azureDeleteAction = defineAction({
  name: "azure/delete",
  about:
    "Deletes the Azure flexible server that this drill made, and waits until it is gone. Only what carries this drill's tag is deleted.",
  inputs: z.strictObject({}),
  outputs: {},
  plan: () => [
    `az rest --method delete  -- of the server that this drill made, if its tag ${DRILL_TAG} is DRILL_ID`,
  ],
  run: (_input, context) => deleteOwed(context),
});
