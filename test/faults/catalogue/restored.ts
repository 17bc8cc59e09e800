/** The commonest shape of a fault: something is changed in the restored database. */
import type { Fault } from "../types.ts";

/** `{db}` in the SQL is the restored database's quoted name. */
export function restored(name: string, expect: RegExp, sql: string): Fault {
  return {
    name,
    kind: "restored",
    expect,
    inject(rig) {
      rig.at("restored", async () => void (await rig.psql(sql)));
    },
  };
}
