/** Signs three drills, in a process of its own. */
import { createSigner } from "../../source/log/signer.ts";
import { storage } from "../../source/settings/storage.ts";
import { at, SIGN_OFF, sampleState, TOOL } from "./sample.ts";

const [home = "", name = ""] = process.argv.slice(2);
const signer = createSigner({ storage: storage({ RESTORE_DRILL_HOME: home }), tool: TOOL });
for (const turn of [1, 2, 3]) {
  const signed = await signer.sign(sampleState(`${name}${turn}`), SIGN_OFF, at(100));
  if (!signed.ok) {
    throw new Error(signed.problem.message);
  }
}
