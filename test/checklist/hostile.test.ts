/** Documents that mean harm: the loader answers with problems, in bounded time, and never throws. */
import { describe, expect, it } from "vitest";
import { complaints, parse, withHead, withStep } from "./document.ts";

const PIECES = [
  "id",
  "title",
  "sections",
  "steps",
  ":",
  "- ",
  "? ",
  "\n",
  "\n  ",
  "\n      ",
  "{",
  "}",
  "[",
  "]",
  ",",
  "&a ",
  "*a",
  "!!binary ",
  "!<x> ",
  "<<",
  '"',
  "'",
  "|",
  ">-",
  "#",
  "%YAML 1.1\n",
  "---\n",
  "...\n",
  "${",
  "$${",
  "}",
  "\t",
  "\0",
  "\u001b[2J",
  "\u202e",
  "\ud800",
  "__proto__",
  "constructor",
  "null",
  "~",
  ".nan",
  "0x",
  "1e999",
  "\r",
  "\u2028",
] as const;

/** The same numbers every time, so that a failure can be seen again. */
function* numbers(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff;
    yield state >> 8;
  }
}

function splice(text: string, random: Iterator<number, never>): string {
  const next = (below: number) => random.next().value % below;
  const piece = PIECES[next(PIECES.length)] ?? "";
  const at = next(text.length + 1);
  return text.slice(0, at) + piece + text.slice(at + next(6));
}

/** What may stand in a problem: nothing that moves a cursor or hides text. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe("mangled documents", () => {
  it("give a checklist or problems with places, and nothing unprintable", () => {
    const sound = withStep(
      "uses: http/check",
      'with: { url: "http://${PRIMARY_DB}" }',
      "timeout: 5s",
    );
    const random = numbers(7);
    let refused = 0;
    for (let round = 0; round < 600; round += 1) {
      let text: string = sound;
      for (let times = 0; times <= round % 4; times += 1) text = splice(text, random);
      const result = parse(text);
      if (result.ok) continue;
      refused += 1;
      expect(result.problems.length, JSON.stringify(text)).toBeGreaterThan(0);
      for (const { where, message, hint = "" } of result.problems) {
        expect(where, JSON.stringify(text)).toMatch(/^drill\.yaml:\d+:\d+$/);
        expect(`${message}${hint}`, JSON.stringify(text)).not.toMatch(UNSAFE);
      }
    }
    expect(refused).toBeGreaterThan(400);
  });
});

describe("bombs", () => {
  it.each([
    ["flow lists in each other", "[".repeat(100_000)],
    ["block lists in each other", "- ".repeat(100_000)],
    ["mappings in each other", `${"{a: ".repeat(40)}1${"}".repeat(40)}`],
  ])("%s are nested too deeply", (_name, text) => {
    expect(complaints(text)[0]).toContain("the document is nested too deeply");
  });

  it("aliases are not followed, however few they look", () => {
    const lines = ["a: &a [x, x, x, x, x, x, x, x, x]"];
    for (let level = 1; level < 12; level += 1) {
      const last = String.fromCharCode(96 + level);
      const name = String.fromCharCode(97 + level);
      lines.push(`${name}: &${name} [${`*${last}, `.repeat(9)}]`);
    }
    const found = complaints(lines.join("\n"));
    expect(found).toContain('2:8 "*a" is an alias (Write the value out here.)');
    expect(found.at(-1)).toMatch(/more are not shown$/);
  });

  it("twenty thousand keys are told apart without comparing each with each", () => {
    const keys = Array.from({ length: 20_000 }, (_, at) => `k${at}: 1`).join("\n");
    const found = complaints(keys);
    expect(found).toHaveLength(51);
    expect(found.at(-1)).toMatch(/^drill.yaml 1\d{4} more are not shown$/);
  });

  it("very long names are clipped", () => {
    const found = complaints(withHead(`${"x".repeat(5000)}: 1`)).join("\n");
    expect(found).toContain("...");
    expect(found.length).toBeLessThan(1000);
  });
});

describe("names that mean something to JavaScript", () => {
  it("__proto__ is a key like any other unknown one", () => {
    expect(complaints(withHead("__proto__: { id: x }\n"))).toContain(
      '3:1 unknown key "__proto__" (Leave it out.)',
    );
    const nested = withStep("uses: app/stop", "with: { __proto__: { a: b } }");
    expect(complaints(nested)).toEqual(['12:21 unknown key "__proto__" (Leave it out.)']);
    const variables = withHead("variables: { __proto__: x }\nsections: []");
    expect(complaints(variables)[0]).toContain('3:14 unknown key "__proto__"');
  });

  it.each(["constructor", "toString", "hasOwnProperty"])(
    "%s is no variable unless declared",
    (name) => {
      const text = withStep(`confirm: "\${${name}}"`);
      expect(complaints(text)).toEqual([expect.stringContaining(`unknown variable "${name}"`)]);
      const declared = text.replace("sections:", `variables: { ${name}: x }\nsections:`);
      expect(complaints(declared)).toEqual([]);
    },
  );

  it.each(["constructor", "__proto__", "toString"])("%s is no action and no input", (name) => {
    expect(complaints(withStep(`uses: ${name}`))).toEqual([
      expect.stringContaining(`unknown action "${name}"`),
    ]);
    expect(complaints(withStep("uses: app/stop", `with: { ${name}: 1 }`))).toEqual([
      expect.stringContaining(`12:21 unknown`),
    ]);
  });
});
