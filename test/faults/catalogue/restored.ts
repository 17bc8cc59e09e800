/**
 * The commonest shape of a fault: SQL in the restored database. Files of `restored/` hold them as
 *   -- fault: its name
 *   -- names: what a drill must name (a regular expression, case ignored); `warns:` where a
 *      warning is right
 *   the statements; `{db}` is the restored database's quoted name
 */
import { readdirSync, readFileSync } from "node:fs";
import type { Fault } from "../types.ts";

const PLACE = new URL("restored/", import.meta.url);

export function restoredFaults(): readonly Fault[] {
  return readdirSync(PLACE)
    .sort()
    .flatMap((file) => parse(readFileSync(new URL(file, PLACE), "utf8")));
}

function parse(text: string): readonly Fault[] {
  return text
    .split(/^-- fault: /mu)
    .slice(1)
    .map((part) => {
      const [name = "", names = "", ...sql] = part.split("\n");
      const [, how, expect] = /^-- (names|warns): (.+)$/u.exec(names) ?? [];
      if (expect === undefined) throw new Error(`the fault ${name} does not say what it names`);
      const fault = restored(name, new RegExp(expect, "iu"), sql.join("\n"));
      return how === "warns" ? { ...fault, notice: "warning" } : fault;
    });
}

function restored(name: string, expect: RegExp, sql: string): Fault {
  return {
    name,
    kind: "restored",
    expect,
    inject(rig) {
      rig.at("restored", async () => void (await rig.psql(sql)));
    },
  };
}
