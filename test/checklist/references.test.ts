/** Which variables may be named where, and what is said of the others. */
import { describe, expect, it } from "vitest";
import { fragments, referencesIn } from "../../source/checklist/references.ts";
import { complaints, withHead, withStep, withSteps } from "./document.ts";

const SECTIONS =
  "sections: [{ title: S, items: [{ id: i, title: I, steps: [{ id: s, title: S, run: a }] }] }]";

describe("what a reference is", () => {
  it("tells references, literals and what is neither", () => {
    expect(fragments("a ${B} $${C} $D ${E:-f} ${")).toEqual([
      { kind: "text", text: "a " },
      { kind: "reference", name: "B", written: "${B}" },
      { kind: "text", text: " " },
      { kind: "text", text: "${" },
      { kind: "text", text: "C} $D " },
      { kind: "malformed", written: "${E:-f}" },
      { kind: "text", text: " " },
      { kind: "malformed", written: "${" },
    ]);
  });

  it("takes each name once", () => {
    expect(referencesIn("${A}${B}${A}$${C}")).toEqual(["A", "B"]);
  });
});

describe("known variables", () => {
  it("are offered, declared, captured, asked or given by an action, by something before", () => {
    const text = withSteps(
      "- { id: a, title: A, run: date, capture: WHEN }",
      '- { id: b, title: B, confirm: "${WHEN}", ask: [{ name: answer, label: "At ${WHEN}?" }] }',
      '- { id: c, title: C, uses: postgres/backup, with: { format: "${answer}" } }',
      '- { id: d, title: D, confirm: "${BACKUP_FILE} ${TIMESTAMP} ${OWN} ${PRIMARY_DB}" }',
    ).replace("sections:", 'variables: { OWN: "${BACKUP_DIR}", OTHER: "${OWN}" }\nsections:');
    expect(complaints(text)).toEqual([]);
  });

  it("are not those of the step itself or of a later one", () => {
    const text = withSteps(
      '- { id: a, title: A, confirm: "${BACKUP_FILE} ${reply}", ask: [{ name: reply, label: R }] }',
      "- { id: b, title: B, uses: postgres/backup }",
    );
    expect(complaints(text)).toEqual([
      '9:42 unknown variable "BACKUP_FILE" (It is set only later, by the step "b".)',
      '9:57 unknown variable "reply" (It is set only later, by the step "a".)',
    ]);
  });

  it.each([
    ['with: { url: "http://x/${PRIMARY_BD}" }', 36],
    ["with: { url: http://x, json: { deep: [a, '${PRIMARY_BD}'] } }", 55],
  ])("are looked for in %s", (line, column) => {
    expect(complaints(withStep("uses: http/check", line))).toEqual([
      `12:${column} unknown variable "PRIMARY_BD" (Did you mean "PRIMARY_DB"?)`,
    ]);
  });

  it.each([
    ["confirm: Look at ${X}", 30],
    ['ready: { output: "${X}" }', 31],
    ['expect: { stdout: "a ${X}" }', 34],
    ["expect: { stderr: { equals: 'a ${X}' } }", 44],
    ["expect: { stdout: { matches: '${X}' } }", 43],
    ["when: { set: X }", 26],
    ["when: { unset: X }", 28],
    ["when: { equals: { X: a } }", 31],
    ["when: { equals: { PRIMARY_DB: '${X}' } }", 44],
    ["when: { file: 'a/${X}' }", 30],
    ["when: { set: PRIMARY_DB, reason: 'for ${X}' }", 51],
    ["about: For ${X}", 24],
  ])("are looked for in %s", (line, column) => {
    const kinds: Record<string, string[]> = { confirm: [], ready: ["start: sleep 9"] };
    const text = withStep(line, ...(kinds[line.replace(/:.*/, "")] ?? ["run: echo"]));
    expect(complaints(text)).toEqual([
      expect.stringContaining(`11:${column} unknown variable "X" (`),
    ]);
  });

  it("points into a block of text", () => {
    const text = withStep("confirm: |", "  First ${PRIMARY_DB},", "  then ${NOPE} and ${NOPE}.");
    expect(complaints(text)).toEqual([
      expect.stringContaining('13:20 unknown variable "NOPE"'),
      expect.stringContaining('13:32 unknown variable "NOPE"'),
    ]);
  });

  it("do not matter to bash, which has its own ways", () => {
    const script = "run: 'echo ${NOPE:-x} ${#PRIMARY_DB} ${a[@]} $${'";
    expect(complaints(withStep(script))).toEqual([]);
  });

  it("must be written plainly", () => {
    expect(complaints(withStep("confirm: 'See ${X:-y} and ${} and ${open'"))).toEqual([
      '11:27 "${X:-y}" is not a reference to a variable (Write ${NAME}, or $${ where a literal ${ is meant.)',
      expect.stringContaining('11:39 "${}" is not a reference'),
      expect.stringContaining('11:47 "${open" is not a reference'),
    ]);
    expect(complaints(withStep("confirm: 'Write $${X:-y}'"))).toEqual([]);
  });
});

describe("declarations", () => {
  const declared = (variables: string) =>
    complaints(withHead(`variables: ${variables}\n${SECTIONS}`));

  it("see only what is above them", () => {
    expect(declared('{ A: "${B}", B: b }')).toEqual([
      expect.stringContaining('3:18 unknown variable "B"'),
    ]);
    expect(declared('{ A: "${A}" }')).toEqual([
      expect.stringContaining('3:18 unknown variable "A"'),
    ]);
  });

  it("have a default that they allow", () => {
    expect(declared("{ A: { default: c, choices: [a, b] } }")).toEqual([
      '3:28 the default "c" is not among the choices (The choices are a, b.)',
    ]);
    expect(declared('{ A: { default: "12a", matches: "[0-9]+|a" } }')).toEqual([
      '3:28 the default "12a" does not match [0-9]+|a',
    ]);
    expect(declared('{ A: { default: "${PRIMARY_DB}", choices: [a, b] } }')).toEqual([]);
  });

  it("leave alone what the environment, bash and the loader of programs own", () => {
    expect(declared("{ PRIMARY_DB: mine, DATABASE_URL: mine, PATH: mine }")).toEqual([
      '3:14 variable "PRIMARY_DB" is given by the environment (Choose another name.)',
      '3:32 variable "DATABASE_URL" is given by the environment (Choose another name.)',
      '3:52 variable "PATH" steers bash or the programs it runs (Choose another name.)',
    ]);
    expect(declared("{ A-B: mine }")).toEqual([
      expect.stringContaining('3:14 "A-B" is not a variable name'),
    ]);
  });

  it("do not hold secrets", () => {
    expect(declared("{ TOKEN: { secret: true, default: hunter2 } }")).toEqual([
      '3:46 secret variable "TOKEN" has a default in the document (Leave it out and set TOKEN in the process environment.)',
    ]);
    expect(declared("{ TOKEN: { secret: true } }")).toEqual([]);
  });

  it("have a default when a step sets them too", () => {
    const text = withStep("run: date", "capture: WHEN");
    const withVariable = (declaration: string) =>
      complaints(text.replace("sections:", `variables: { WHEN: ${declaration} }\nsections:`));
    expect(withVariable("{ description: The day }")).toEqual([
      expect.stringMatching(/^3:14 variable "WHEN" has no default although a step sets it/),
    ]);
    expect(withVariable('""')).toEqual([]);
  });
});

describe("secrets and names that steps must not set", () => {
  it.each(["DATABASE_URL", "DB_PASSWORD", "TOKEN"])("%s stays out of shown text", (name) => {
    const text = withStep(`confirm: Use \${${name}}`).replace(
      "sections:",
      "variables: { TOKEN: { secret: true } }\nsections:",
    );
    expect(complaints(text)).toEqual([
      `12:26 secret variable "${name}" is named outside of a run or start body (Only run and start bodies can read secrets, from their environment.)`,
    ]);
  });

  it.each([
    ["PRIMARY_DB", 'variable "PRIMARY_DB" is given by the environment'],
    ["BASH_ENV", 'variable "BASH_ENV" steers bash'],
    ["TOKEN", 'secret variable "TOKEN" cannot be set by a step'],
    ["RESTORE_DB", "a step cannot change RESTORE_DB"],
  ])("%s is not captured or asked for", (name, complaint) => {
    const variables = "variables: { TOKEN: { secret: true }, RESTORE_DB: x }\nsections:";
    const captured = withStep("run: date", `capture: ${name}`).replace("sections:", variables);
    expect(complaints(captured)).toEqual([expect.stringContaining(`13:22 ${complaint}`)]);
    const asked = withStep("confirm: Look", `ask: [{ name: ${name}, label: A }]`);
    expect(complaints(asked.replace("sections:", variables))).toEqual([
      expect.stringContaining(`13:27 ${complaint}`),
    ]);
  });
});
