import { describe, expect, it } from "vitest";
import { splitList } from "../../source/postgres/carry-over.ts";
import { createStatement, nonceFrom } from "../../source/postgres/create-statement.ts";
import type { DatabaseFacts } from "../../source/postgres/database-facts.ts";

const PRIMARY: DatabaseFacts = {
  oid: "16384",
  name: "ringrift",
  owner: 'own"er',
  mayGiveToOwner: true,
  encoding: "UTF8",
  collate: "en_US.utf8",
  ctype: "en_US.utf8",
  provider: "libc",
  locale: null,
  icuRules: null,
  connectionLimit: -1,
  tablespace: "pg_default",
  mayUseTablespace: true,
  comment: null,
  bytes: 1,
  connections: 0,
};
const request = { database: 'x"y', nonce: 1_234_567_890 };

describe("CREATE DATABASE", () => {
  it("is what a server before 15 understands", () => {
    expect(createStatement({ ...request, primary: PRIMARY, version: 130_022 })).toBe(
      `CREATE DATABASE "x""y" TEMPLATE template0 OWNER "own""er" ENCODING 'UTF8' LC_COLLATE 'en_US.utf8' LC_CTYPE 'en_US.utf8' CONNECTION LIMIT 1234567890`,
    );
  });

  it.each<[string, Partial<DatabaseFacts>, number, string]>([
    ["libc", {}, 150_000, "LOCALE_PROVIDER libc CONNECTION"],
    [
      "icu",
      { provider: "icu", locale: "de-u-co-phonebk" },
      150_000,
      "LOCALE_PROVIDER icu ICU_LOCALE 'de-u-co-phonebk' CONNECTION",
    ],
    [
      "icu rules",
      { provider: "icu", locale: "und", icuRules: "&a < '" },
      160_000,
      "ICU_LOCALE 'und' ICU_RULES '&a < ''' CONNECTION",
    ],
    [
      "builtin",
      { provider: "builtin", locale: "C.UTF-8" },
      170_000,
      "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' CONNECTION",
    ],
    ["tablespace", { tablespace: "fast disk" }, 180_000, `TABLESPACE "fast disk" CONNECTION`],
  ])("carries %s", (_what, facts, version, expected) => {
    const primary = { ...PRIMARY, ...facts };
    expect(createStatement({ ...request, primary, version })).toContain(expected);
  });

  it("leaves out an owner and a tablespace that the user may not give", () => {
    const primary = { ...PRIMARY, mayGiveToOwner: false, tablespace: "t", mayUseTablespace: false };
    const statement = createStatement({ ...request, primary, version: 180_000 });
    expect(statement).not.toMatch(/OWNER|TABLESPACE/u);
  });

  it("has a number that limits nothing and fits an integer", () => {
    expect(nonceFrom(0)).toBe(1_000_000_000);
    expect(nonceFrom(1 - Number.EPSILON)).toBeLessThanOrEqual(2_147_483_647);
  });
});

describe("a stored list of names", () => {
  it.each([
    ['"$user", public', ["$user", "public"]],
    ['"a, b", "c""d"', ["a, b", 'c"d']],
    ["", []],
    ['""', [""]],
  ])("%s is taken apart", (list, parts) => {
    expect(splitList(list)).toEqual(parts);
  });
});
