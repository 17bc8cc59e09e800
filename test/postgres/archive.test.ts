import { describe, expect, it } from "vitest";
import { PlainScanner } from "../../source/postgres/archive/plain-scanner.ts";
import { parseSetval } from "../../source/postgres/archive/setval.ts";

describe("a statement that sets a sequence", () => {
  it.each([
    ["SELECT pg_catalog.setval('public.s', 7, true);", "public", "s", "7", true],
    [`SELECT pg_catalog.setval('"A ""b"".c".s', -7, false);\n`, 'A "b".c', "s", "-7", false],
    [
      `SELECT pg_catalog.setval('public."it''s; \n--"', 1, true);`,
      "public",
      "it's; \n--",
      "1",
      true,
    ],
    [
      String.raw`SELECT pg_catalog.setval(E'public."a\\b"', 1, true);`,
      "public",
      String.raw`a\b`,
      "1",
      true,
    ],
  ])("%j is read", (text, schema, name, value, called) => {
    expect(parseSetval(text)).toEqual({ schema, name, position: { value, called } });
  });

  it.each([
    "SELECT pg_catalog.setval('s', 7, true);",
    "SELECT pg_catalog.setval('a.b.c', 7, true);",
    "SELECT pg_catalog.setval('public.s', 7, true); DROP TABLE t;",
    "SELECT setval('public.s', 7, true);",
    "",
  ])("%j is none", (text) => {
    expect(parseSetval(text)).toBeUndefined();
  });
});

const REAL = "SELECT pg_catalog.setval('public.real', 5, true);\n";
const FAKE = "SELECT pg_catalog.setval('public.fake', 6, true);\n";

const DUMP = `--
-- Name: it's a comment; Type: FUNCTION
--
/* also '
${FAKE}/* nested */ " */
CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $_$
${FAKE}SELECT '$$' $_$;
CREATE FUNCTION g() RETURNS text LANGUAGE sql AS 'it''s
${FAKE}';
COMMENT ON TABLE t IS E'a\\'
${FAKE}\\\\';
CREATE VIEW "odd
${FAKE}" AS SELECT 1 AS "$a$";
COPY public.t (a) FROM stdin;
${FAKE}\\\\.
x\\.
\\.
COPY public.nothing (a) FROM stdin;
\\.
${REAL}INSERT INTO t VALUES
	(1, 'x
${FAKE}y');
SELECT pg_catalog.setval('public."two
lines"', 1, false);
`;

describe("a plain dump", () => {
  it.each([1, 2, 3, 7, 64, 100_000])(
    "gives its sequences, and nothing that only looks like one, in pieces of %i bytes",
    (size) => {
      const scanner = new PlainScanner();
      const bytes = Buffer.from(DUMP);
      for (let at = 0; at < bytes.length; at += size) scanner.push(bytes.subarray(at, at + size));
      expect(scanner.found).toEqual([
        { schema: "public", name: "real", position: { value: "5", called: true } },
        { schema: "public", name: "two\nlines", position: { value: "1", called: false } },
      ]);
    },
  );
});
