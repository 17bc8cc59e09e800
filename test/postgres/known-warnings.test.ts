import { describe, expect, it } from "vitest";
import { judgeLines } from "../../source/postgres/known-warnings.ts";

const verdicts = (...lines: string[]) => judgeLines(lines).map(({ verdict }) => verdict);

describe("messages of a restore", () => {
  it.each([
    "",
    'psql:backup.sql:12: NOTICE:  table "x" does not exist, skipping',
    "NOTICE:  hello",
    'pg_restore: creating TABLE "public.games"',
    "pg_restore: launching item 3 TABLE DATA games",
    "WARN[0000] docker-compose.yml: `version` is obsolete",
  ])("%j is harmless", (line) => {
    expect(verdicts(line)).toEqual(["harmless"]);
  });

  it("knows a warning as 13 to 18 write it, through psql or the built-in restore", () => {
    const lines = [
      "psql:b.sql:9: WARNING:  wal_level is insufficient to publish logical changes",
      'psql:b.sql:9: WARNING:  "wal_level" is insufficient to publish logical changes',
      'WARNING: "wal_level" is insufficient to publish logical changes',
    ];
    expect(verdicts(...lines)).toEqual(["warning", "warning", "warning"]);
  });

  it("known warnings are shown, with what belongs to them", () => {
    expect(
      verdicts(
        'psql:b.sql:9: WARNING:  database "x" has a collation version mismatch',
        "DETAIL:  The database was created using collation version 2.31.",
        "HINT:  Rebuild all objects.",
      ),
    ).toEqual(["warning", "warning", "warning"]);
  });

  it.each([
    'psql:b.sql:9: ERROR:  relation "x" already exists',
    "pg_restore: warning: errors ignored on restore: 1",
    "pg_restore: error: could not execute query: ERROR:  division by zero",
    "psql:b.sql:3: WARNING:  something new",
    "Killed",
    "DETAIL:  of nothing known",
    "no NOTICE here",
  ])("%j is not known, and fails it", (line) => {
    expect(verdicts(line)).toEqual(["unknown"]);
  });
});
