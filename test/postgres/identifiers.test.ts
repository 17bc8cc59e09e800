import { describe, expect, test } from "vitest";
import { conninfo, databaseUrl } from "../../source/postgres/conninfo.ts";
import {
  quoteIdent,
  quoteLiteral,
  showName,
  validateName,
} from "../../source/postgres/identifiers.ts";
import { problemOf } from "../helpers/results.ts";

test("identifiers and literals are quoted", () => {
  expect(quoteIdent('x"; drop database y; --')).toBe('"x""; drop database y; --"');
  expect(quoteLiteral("it's")).toBe("'it''s'");
  expect(quoteLiteral("back\\slash's")).toBe("E'back\\\\slash''s'");
});

test("names are shown on one line, with nothing a terminal acts on", () => {
  expect(showName('a"b\n\u001b[31m\u202e\\')).toBe('"a\\"b\\n\\u001b[31m\\u202e\\\\"');
});

describe("names the server would change are refused", () => {
  test.each([
    ["", "empty"],
    ["a\0b", "NUL"],
    ["\ud800", "Unicode"],
    ["x".repeat(64), "64 bytes"],
    ["🐘".repeat(16), "64 bytes"],
  ])("%j", (name, reason) => {
    expect(problemOf(validateName(name, "database name")).message).toContain(reason);
  });

  test("63 bytes fit", () => {
    expect(validateName("x".repeat(63), "database name").ok).toBe(true);
  });
});

test("connection strings quote every part", () => {
  const connection = { host: "/var/run/o'k", port: 5432, user: "a b", password: "p" };
  expect(conninfo(connection, "d\\'b")).toBe(
    "dbname='d\\\\\\'b' host='/var/run/o\\'k' port=5432 user='a b'",
  );
  expect(databaseUrl(connection, "d/b?x#y")).toBe(
    "postgresql://a%20b:p@localhost:5432/d%2Fb%3Fx%23y?host=%2Fvar%2Frun%2Fo%27k",
  );
  expect(databaseUrl({ host: "::1", port: 1, user: "u", password: "@:/" }, "d")).toBe(
    "postgresql://u:%40%3A%2F@[::1]:1/d",
  );
  expect(databaseUrl({ host: "h", port: 1, user: "u" }, "d")).toBe("postgresql://u@h:1/d");
});
