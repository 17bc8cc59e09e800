/** Every kind of complaint, with its exact place and its suggestion. */
import { describe, expect, it } from "vitest";
import { complaints, parse, withHead, withStep, withSteps } from "./document.ts";

const SECTIONS =
  "sections: [{ title: S, items: [{ id: i, title: I, steps: [{ id: s, title: S, run: a }] }] }]";

describe("a sound document", () => {
  it("has no complaints", () => {
    expect(complaints(withStep("run: echo hello"))).toEqual([]);
    expect(complaints(withHead(SECTIONS))).toEqual([]);
  });
});

describe("YAML", () => {
  it.each([
    ["", "1:1 the document is empty"],
    ["# only a comment\n", "1:1 the document is empty"],
    ["~", "1:1 the document is empty"],
    ["id: a\n\ttitle: b", "2:1 a tab is used to indent (Indent with spaces.)"],
    ["id: a: b", "1:5 a mapping cannot start in the middle of a line"],
    ["id: 'a\n", "this is not YAML: missing closing 'quote"],
    ["%YAML 1.1\n---\nid: a", "1:1 the document asks for YAML 1.1"],
    ["- id", "1:1 the checklist must be a mapping, not a list"],
    ["just words", '1:1 the checklist must be a mapping, not "just words"'],
  ])("%j", (text, complaint) => {
    expect(complaints(text)[0]).toContain(complaint);
  });

  it("tells the first slips only, since the rest may follow from them", () => {
    expect(complaints("a: b: c\n".repeat(9))).toHaveLength(3);
  });

  it("takes one document", () => {
    const text = withStep("run: a");
    expect(complaints(`${text}---\n${text}`)).toEqual([
      "12:1 the file holds more than one document (Keep one document in a file and leave out the --- line.)",
    ]);
  });

  it("refuses a key that is written twice, at the second", () => {
    const text = withHead(`title: Another\n${SECTIONS}`);
    expect(complaints(text)).toEqual([
      '3:1 the key "title" is written twice (Keep one of the two.)',
    ]);
  });

  it("refuses anchors, aliases and tags", () => {
    const text = withStep("run: &script echo", "capture: !!str NAME", "about: *script");
    expect(complaints(text)).toEqual([
      '11:26 "&script" is an anchor (Leave it out.)',
      expect.stringMatching(/^12:28 "tag:yaml.org,2002:str" is a tag \(Leave it out;/),
      expect.stringMatching(/^13:20 "\*script" is an alias \(Write the value out here.\)/),
    ]);
  });
});

describe("where it may run", () => {
  it("is staging or production", () => {
    expect(complaints(withHead(`fit: [prodcution]\n${SECTIONS}`))[0]).toContain("3:7 ");
    expect(complaints(withHead(`fit: []\n${SECTIONS}`))).toHaveLength(1);
  });

  it("is not production where a step writes on the primary's own server", () => {
    const restore = withStep("uses: postgres/restore", "with: { file: a, database: b }");
    expect(complaints(restore)).toEqual([]);
    const [complaint] = complaints(restore.replace("sections:", "fit: [production]\nsections:"));
    expect(complaint).toContain('12:19 the action "postgres/restore" writes on the primary');
  });
});

describe("what a step makes", () => {
  const made = (...more: readonly string[]) => withStep("run: a", "makes: a thing", ...more);

  it("has an undo that says what it is for", () => {
    expect(complaints(made("undo: b"))).toEqual([]);
    expect(complaints(withStep("run: a", "undo: b"))[0]).toContain('"undo" without "makes"');
    expect(complaints(withStep("confirm: a", "makes: b", "undo: c"))[0]).toContain(
      '"undo" means nothing in a "confirm" step',
    );
  });

  it("is removed by a later step, which runs its undo where it has one", () => {
    expect(complaints(made("removedBy: two"))[0]).toContain('no later step has the id "two"');
    const two = (uses: string, ...keys: readonly string[]) =>
      withSteps(
        ...["- id: one", "  title: One", "  run: a", "  makes: a thing", ...keys],
        ...["- id: two", "  title: Two", `  uses: ${uses}`],
      );
    expect(complaints(two("drill/undo", "  removedBy: two", "  undo: b"))).toEqual([]);
    expect(complaints(two("app/stop", "  removedBy: two"))).toEqual([]);
    expect(complaints(two("app/stop", "  removedBy: two", "  undo: b"))[0]).toContain(
      'the step "two" does not run this step\'s "undo"',
    );
    expect(complaints(two("drill/undo"))[0]).toContain("no step says that this one removes");
  });
});

describe("keys and types", () => {
  it("suggests what an unknown key was meant to be", () => {
    expect(complaints(withStep("runn: echo", "run: echo"))).toEqual([
      expect.stringMatching(
        /^11:13 unknown key "runn" in the step \(Did you mean "run"\? Known keys are id, title, about, run, /,
      ),
    ]);
  });

  it("finds unknown keys at every level", () => {
    const text = withHead(
      [
        "colour: red",
        "variables: { A: { defualt: x, default: x } }",
        "sections:",
        "  - title: S",
        "    itmes: 1",
        "    items:",
        "      - id: i",
        "        title: I",
        "        when: { has: app }",
        "        steps:",
        "          - id: s",
        "            title: S",
        "            start: sleep 9",
        "            ready: { htpp: http://localhost, output: up }",
        "            retry: { times: 1, dealy: 1s }",
        "            expect: { stdout: { contain: x, contains: y }, exits: 0 }",
        "            when: { hass: app, has: app }",
      ].join("\n"),
    );
    expect(complaints(text).map((line) => line.replace(/ Known keys are.*/, ""))).toEqual([
      '3:1 unknown key "colour" in the checklist (Known keys are id, title, about, runbook, kind, related, fit, approval, variables, sections.)',
      '4:19 unknown key "defualt" in variable "A" (Did you mean "default"?',
      '7:5 unknown key "itmes" in the section (Did you mean "items"?',
      '11:9 unknown key "when" in the item (Known keys are id, title, about, optional, steps.)',
      '16:22 unknown key "htpp" in "ready" (Did you mean "http"?',
      '17:32 unknown key "dealy" in "retry" (Did you mean "delay"?',
      '18:13 "expect" means nothing in a "start" step (It goes with run.)',
      '18:33 unknown key "contain" in "stdout" (Did you mean "contains"?',
      '18:60 unknown key "exits" in "expect" (Did you mean "exit"?',
      '19:21 unknown key "hass" in "when" (Did you mean "has"?',
    ]);
  });

  it.each([
    ["run: 5", '11:18 "run" must be text, not the number 5 (Put it in quotes: "5".)'],
    ["run: [a]", '11:18 "run" must be text, not a list'],
    ["run:", '11:17 "run" must be text, not nothing'],
    ["run: ''", '11:18 "run" must not be empty'],
    ["uses: { a: b }", '11:19 "uses" must be text, not a mapping'],
    ["expect: 0", '11:21 "expect" must be a mapping, not the number 0'],
    ["expect: { exit: '0' }", '11:29 "exit" must be a number, not "0"'],
    ["expect: { exit: 0.5 }", '11:29 "exit" must be a whole number, not the number 0.5'],
    ["expect: { exit: 256 }", '11:29 "exit" must be at most 255'],
    ["expect: { stdout: 12 }", '11:31 "stdout" must be text or a mapping, not the number 12'],
    ["optional: yes", '11:23 "optional" must be true or false, not "yes"'],
    ["timeout: 5 minutes", '11:22 "timeout" "5 minutes" is not a duration'],
    ["timeout: -1", '11:22 "timeout" the number -1 is not a duration'],
    ["timeout: 9d", '11:22 "timeout" "9d" is not a duration'],
    ["timeout: 169h", '11:22 "timeout" "169h" is not a duration'],
    ["timeout: .inf", '11:22 "timeout" must be'],
    ["retry: { delay: 1s }", '11:20 "retry" has no "times" (Add the key "times".)'],
    ["retry: { times: 0 }", '11:29 "times" must be at least 1'],
    ["when: { has: grafanna }", '11:26 "has" cannot be "grafanna" (Known are app, compose,'],
    ["when: { has: [app, promethius] }", 'cannot be "promethius" (Did you mean "prometheus"?'],
    ["when: { has: 3 }", '11:26 "has" must be text or a list, not the number 3'],
    ["ask: []", '11:18 "ask" must not be empty'],
    ["capture: 1NAME", '11:22 "capture" "1NAME" is not a variable name'],
    ['about: "\\e[31mred"', '11:20 "about" "\\u001b[31mred" must not hold control characters'],
  ])("%s", (line, complaint) => {
    const rest = /^(run|uses)\b/.test(line) ? [] : ["run: echo"];
    expect(complaints(withStep(line, ...rest)).join("\n")).toContain(complaint);
  });

  it("names what is missing, at its holder", () => {
    expect(complaints("title: A drill\n")).toEqual([
      '1:1 the checklist has no "id" (Add the key "id".)',
      '1:1 the checklist has no "sections" (Add the key "sections".)',
    ]);
    expect(complaints(withSteps("- title: One", "  run: echo"))).toEqual([
      '9:13 the step has no "id" (Add the key "id".)',
    ]);
    expect(complaints(withHead("sections: []"))).toEqual(['3:11 "sections" must not be empty']);
  });

  it("wants text for values of variables, so that 1.10 stays 1.10", () => {
    const text = withHead(`variables: { A: 1.10, B: { default: true } }\n${SECTIONS}`);
    expect(complaints(text)).toEqual([
      expect.stringMatching(/^3:17 variable "A" must be text or a mapping, not the number 1.1/),
      '3:37 "default" must be text, not the boolean true (Put it in quotes: "true".)',
    ]);
  });

  it("refuses ids and titles that could break a file name or a screen", () => {
    const text = withHead(
      'sections: [{ title: "two\\nlines", items: [{ id: ../up, title: I, steps: [{ id: -s, title: S, run: a }] }] }]',
    );
    expect(complaints(text)).toEqual([
      '3:21 "title" "two\\nlines" must be one line without control characters',
      expect.stringMatching(/^3:49 "id" "\.\.\/up" is not an id: use 1 to 64 letters/),
      expect.stringMatching(/^3:80 "id" "-s" is not an id/),
    ]);
  });
});

describe("steps", () => {
  it("does exactly one thing", () => {
    expect(complaints(withStep("about: Nothing"))).toEqual([
      "9:13 the step does nothing (A step has exactly one of run, uses, confirm, start.)",
    ]);
    expect(complaints(withStep("run: a", "confirm: b"))).toEqual([
      '12:13 the step has both "run" and "confirm" (A step has exactly one of run, uses, confirm, start. Make it two steps.)',
    ]);
  });

  it.each([
    ["confirm: Look", "expect: { exit: 0 }", '12:13 "expect" means nothing in a "confirm" step'],
    ["confirm: Look", "retry: { times: 1 }", '12:13 "retry" means nothing in a "confirm" step'],
    ["confirm: Look", "timeout: 5s", '12:13 "timeout" means nothing in a "confirm" step'],
    ["uses: app/stop", "expect: { exit: 0 }", '12:13 "expect" means nothing in a "uses" step'],
    ["start: sleep 9", "expect: { exit: 0 }", '12:13 "expect" means nothing in a "start" step'],
    ["uses: app/stop", "capture: NAME", '12:13 "capture" means nothing in a "uses" step'],
    ["run: echo", "with: {}", '12:13 "with" means nothing in a "run" step (It goes with uses.)'],
    ["run: echo", "ready: { output: up }", '12:13 "ready" means nothing in a "run" step'],
    ["run: echo", "ask: [{ name: A, label: A }]", '12:13 "ask" means nothing in a "run" step'],
  ])("%s and %s do not go together", (kind, key, complaint) => {
    expect(complaints(withStep(kind, key)).join("\n")).toContain(complaint);
  });

  it("refuses ids that are used twice, whatever their case", () => {
    const one = ["  title: One", "  run: a"];
    expect(complaints(withSteps("- id: one", ...one, "- id: One", ...one))).toEqual([
      '12:17 the step id "One" is used twice (It is first used in line 9; rename one.)',
    ]);
    const item = "{ id: i, title: I, steps: [{ id: s, title: S, run: a }] }";
    const other = item.replace("id: s", "id: t");
    expect(complaints(withHead(`sections: [{ title: S, items: [${item}, ${other}] }]`))).toEqual([
      expect.stringMatching(/^3:97 the item id "i" is used twice/),
    ]);
  });

  it.each([
    [
      "uses: postgres/bakcup",
      '11:19 unknown action "postgres/bakcup" (Did you mean "postgres/backup"?',
    ],
    ["uses: restore", '11:19 unknown action "restore" (Did you mean "postgres/restore"?'],
    ["uses: constructor", '11:19 unknown action "constructor" (Known are postgres/backup, '],
    [
      "uses: postgres/restore",
      '11:19 postgres/restore needs the input "file" (Add it to "with": The backup.)',
    ],
  ])("%s", (line, complaint) => {
    expect(complaints(withStep(line)).join("\n")).toContain(complaint);
  });

  it("knows the inputs of actions", () => {
    const text = withStep("uses: postgres/restore", "with: { file: a, databse: b }");
    expect(complaints(text)).toEqual([
      '12:19 postgres/restore needs the input "database" (Add it to "with": The restore database.)',
      '12:30 unknown input "databse" of postgres/restore (Did you mean "database"? Its inputs are file, database.)',
    ]);
    expect(complaints(withStep("uses: app/stop", "with: { now: true }"))).toEqual([
      '12:21 unknown input "now" of app/stop (It takes no inputs.)',
    ]);
  });

  it.each([
    ["ready: { timeout: 5s }", `12:20 "ready" does not say when it is ready`],
    ["ready: { http: localhost }", '12:28 "localhost" is not an http or https URL'],
    ["when: {}", '12:19 "when" says nothing (Fill it in or leave it out.)'],
    ["when: { reason: because }", '12:19 "when" says nothing'],
    ["when: { file: /etc/passwd }", '12:27 "/etc/passwd" is not below the project directory'],
    ["when: { file: a/../../b }", '12:27 "a/../../b" is not below the project directory'],
    ["expect: {}", '12:21 "expect" says nothing'],
    ["expect: { stderr: {} }", '12:31 "stderr" says nothing'],
    ['expect: { stdout: { matches: "(" } }', '12:42 "matches" "(" is not a regular expression'],
  ])("%s", (line, complaint) => {
    expect(complaints(withStep("start: sleep 9", line)).join("\n")).toContain(complaint);
  });

  it("checks the expressions of questions", () => {
    const text = withStep("confirm: Look", 'ask: [{ name: A, label: A, matches: "[" }]');
    expect(complaints(text)).toEqual([
      expect.stringMatching(/^12:49 "matches" "\[" is not a regular expression: /),
    ]);
  });
});

it("tells all problems at once, in the order of the file", () => {
  const result = parse(
    withSteps(
      "- id: one",
      "  titel: One",
      "  uses: postgres/restor",
      "- id: one",
      "  title: Two",
      "  confirm: ${NOWHERE}",
      "  timeout: soon",
    ),
  );
  const problems = result.ok ? [] : result.problems;
  expect(problems.map(({ where }) => where)).toEqual([
    "drill.yaml:9:13",
    "drill.yaml:10:13",
    "drill.yaml:11:19",
    "drill.yaml:12:17",
    "drill.yaml:14:22",
    "drill.yaml:15:13",
    "drill.yaml:15:22",
  ]);
  expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(["invalid"]));
});
