import { describe, expect, test } from "vitest";
import { type SqlPiece, SqlSplitter } from "../../source/practice/sql-splitter.ts";

function split(text: string, chunk = text.length): readonly SqlPiece[] {
  const splitter = new SqlSplitter();
  const pieces: SqlPiece[] = [];
  for (let at = 0; at < text.length; at += chunk)
    pieces.push(...splitter.push(text.slice(at, at + chunk)));
  return [...pieces, ...splitter.end()];
}

const texts = (sql: string): readonly string[] => split(sql).map((piece) => piece.text);

/** Each is one statement for psql. */
const WHOLE: Readonly<Record<string, string>> = {
  "a string with a semicolon and a comment mark": `INSERT INTO t VALUES ('a; -- b', 2);`,
  "doubled quotes": `SELECT 'it''s; ''';`,
  "a backslash at the end of a plain string": String.raw`SELECT 'C:\', 1;`,
  "an E string with an escaped quote": String.raw`SELECT E'it\'s; \\', 'x';`,
  "an E string with a doubled quote": String.raw`SELECT E'a''b\';';`,
  "an E string that goes on in the next line": "SELECT E'a'\n  'b\\';';",
  "no E string after a longer word": String.raw`SELECT type'a\';`,
  "newlines and a psql command inside a string":
    "INSERT INTO t VALUES ('a\n\\restrict x\n\\! rm -rf /\n;');",
  "a quoted name with a quote and a semicolon": `CREATE TABLE "x""; drop table y; --" (a int);`,
  "dollar quotes": "DO $$ BEGIN PERFORM 1; END; $$;",
  "tagged dollar quotes with others inside": "SELECT $body$ a; $$ b; $$ $other$ ; $body$;",
  "a dollar inside a name": "SELECT a$b$c FROM t$x$;",
  "a parameter is no dollar quote": "PREPARE p AS SELECT $1, '$2$';",
  "nested comments": "SELECT /* a; /* b; */ c; */ 1;",
  "a comment with a quote": "SELECT 1 -- it's; $$\n + 2;",
  "semicolons in parentheses": "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2);",
  "a body of SQL":
    "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;",
  "names with accents and pictures": `SELECT "naïve", né, '💍;' FROM été;`,
  "unicode escapes": String.raw`SELECT U&'d\0061t;' UESCAPE '\';`,
};

describe("a statement stays whole", () => {
  test.each(Object.entries(WHOLE))("%s", (_, sql) => {
    expect(texts(sql)).toEqual([sql]);
  });

  test("however the text is cut into pieces", () => {
    const all = Object.values(WHOLE).join("\n");
    for (let chunk = 1; chunk <= 40; chunk += 1) expect(split(all, chunk)).toEqual(split(all));
    expect(texts(all)).toEqual(Object.values(WHOLE));
  });
});

test("statements are told apart, with the line of their first word", () => {
  const sql = "-- a head\n\nSELECT 1; SELECT\n 2;\n/* more\n */ SELECT 3;\n-- the end\n";
  expect(split(sql)).toEqual([
    { kind: "statement", text: "SELECT 1;", line: 3 },
    { kind: "statement", text: "SELECT\n 2;", line: 3 },
    { kind: "statement", text: "SELECT 3;", line: 6 },
  ]);
});

test("BEGIN and END outside a routine's body are words like others", () => {
  expect(texts("SELECT 1 AS begin; COMMIT; SELECT 2;")).toEqual([
    "SELECT 1 AS begin;",
    "COMMIT;",
    "SELECT 2;",
  ]);
});

test("psql's own commands are told as such", () => {
  expect(split("\\restrict abc\nSELECT 1;\n\\unrestrict abc")).toEqual([
    { kind: "meta-command", text: "\\restrict abc", line: 1 },
    { kind: "statement", text: "SELECT 1;", line: 2 },
    { kind: "meta-command", text: "\\unrestrict abc", line: 3 },
  ]);
});

test("a psql command in the middle of a statement does not hide in it", () => {
  expect(split("SELECT 1 \\! id\n;").map((piece) => piece.kind)).toContain("meta-command");
});

test.each([
  "SELECT 1",
  "SELECT 'a;",
  'SELECT "a;',
  "DO $$ x;",
  "SELECT 1; /* never closed",
  "SELECT E'a\\",
])("what never ends is told: %s", (sql) => {
  expect(split(sql).at(-1)).toMatchObject({ kind: "unfinished", line: 1 });
});

test("a string of a million characters in many pieces is one statement", () => {
  const long = `SELECT '${"a''b;".repeat(200_000)}';`;
  expect(split(long, 4_000)).toEqual([{ kind: "statement", text: long, line: 1 }]);
});
