import { describe, expect, test } from "vitest";
import { CUT_MARK, createLineSplitter, LINE_LIMIT } from "../../source/process/lines.ts";
import { createRedactor, MASK } from "../../source/process/redact.ts";
import { processes } from "../../source/process/run.ts";
import { shellCommand } from "../../source/process/shell-quote.ts";
import { createTail } from "../../source/process/tail.ts";
import { cleanLine, plainLine } from "../../source/process/terminal-text.ts";
import { must } from "../helpers/results.ts";

/** A repeatable stream of numbers: a failing case can be run again from its seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const HOSTILE = [
  ..."ab0;?[]()\\^_PX#c m\t\r\b\u0007\u0000\u007f",
  ..."\u001b\u001b\u001b\u009b\u009d\u0090\u009c\u0085\u202e\u200b\u2066\ufeff🐘é",
  ...[
    "\u001b[31m",
    "\u001b[2J",
    "\u001b]0;t\u0007",
    "\u001b]8;;http://x\u001b\\",
    "\u001bP1$r",
    "[2J",
    "0m",
  ],
];

function hostileText(seed: number): string {
  const next = randomFrom(seed);
  return Array.from({ length: next(60) }, () => HOSTILE[next(HOSTILE.length)] ?? "").join("");
}

const ALLOWED =
  /^(?:\u001b\[[0-9;:]*m|[^\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069])*$/u;

describe("terminal text", () => {
  test("whatever goes in, only text, tabs and colours come out", () => {
    for (let seed = 1; seed <= 20_000; seed += 1) {
      const text = hostileText(seed);
      const cleaned = cleanLine(text);
      if (!ALLOWED.test(cleaned))
        throw new Error(`seed ${seed}: ${JSON.stringify([text, cleaned])}`);
      if (cleanLine(cleaned) !== cleaned)
        throw new Error(`seed ${seed}: not the same when cleaned again`);
      if (plainLine(text).includes("\u001b")) throw new Error(`seed ${seed}: colour in plain text`);
    }
  });

  test.each([
    ["plain text\twith a tab", "plain text\twith a tab"],
    ["\u001b[1;31mred\u001b[0m", "\u001b[1;31mred\u001b[0m"],
    ["\u001b[31mleft open", "\u001b[31mleft open\u001b[0m"],
    ["\u009b32mgreen", "\u001b[32mgreen\u001b[0m"],
    ["\u001b[2J\u001b[H\u001b[?1049hgone", "gone"],
    ["\u001b]0;title\u0007x", "x"],
    ["\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\", "link"],
    ["\u001b]52;c;c2VjcmV0\u0007x", "x"],
    ["\u001bP+q544e\u001b\\x", "x"],
    ["\u001b]0;never ends", ""],
    ["10%\r50%\r100%", "100%"],
    ["done\r", "done"],
    ["ab\b\bcd", "cd"],
    ["a\u001b\u001b[2J[2Jb", "a[2Jb"],
    ["\u001b[0m\u001b[31", ""],
    [`\u001b[${"1;".repeat(50)}1mx`, "x"],
    ["evil\u202etxt.exe", "eviltxt.exe"],
  ])("%j becomes %j", (dirty, clean) => {
    expect(cleanLine(dirty).replace(/^\u001b\[0m$/, "")).toBe(clean);
  });
});

describe("redaction", () => {
  const SECRET = "p@ss wörd'\\x/&";

  test("the value itself and as it stands in URLs, JSON, SQL and shells", () => {
    const { redact } = createRedactor([SECRET]);
    const forms = [
      SECRET,
      encodeURIComponent(SECRET),
      encodeURIComponent(SECRET).replaceAll("'", "%27"),
      JSON.stringify(SECRET),
      SECRET.replaceAll("'", "''"),
      SECRET.replaceAll("'", "'\\''"),
      SECRET.replaceAll(/['\\]/g, "\\$&"),
    ];
    for (const form of forms) {
      expect(redact(`before ${form} after`)).toMatch(/^before "?••••"? after$/);
    }
  });

  test("the longest first, so that no rest of one stays", () => {
    const { redact } = createRedactor(["secret", "secret-and-more"]);
    expect(redact("secret-and-more secret")).toBe(`${MASK} ${MASK}`);
  });

  test("a short one only where it stands alone", () => {
    const { redact } = createRedactor(["a", "42"]);
    expect(redact("an apple, a pear, 42, 1420, x=a")).toBe(
      `an apple, ${MASK} pear, ${MASK}, 1420, x=${MASK}`,
    );
  });

  test("no secret, an empty one or a blank one change nothing", () => {
    expect(createRedactor([]).redact("x y")).toBe("x y");
    expect(createRedactor(["", " "]).redact("x y")).toBe("x y");
  });

  test("one that is a pattern is taken literally", () => {
    const { redact } = createRedactor(["a.*c$("]);
    expect(redact("abbbc a.*c$(")).toBe(`abbbc ${MASK}`);
  });

  test("each line of one that holds line ends", () => {
    const { redact } = createRedactor(["-----BEGIN-----\nabcdef\n"]);
    expect(redact("key: abcdef")).toBe(`key: ${MASK}`);
  });

  test("one that the cut of an overlong line goes through", () => {
    const lines: string[] = [];
    const splitter = createLineSplitter((line) => lines.push(line));
    splitter.write(Buffer.from(`${"x ".repeat(LINE_LIMIT / 2 - 3)}topsecret and on\n`));
    const [line = ""] = lines;
    expect(line).toContain(`topsec${CUT_MARK}`);
    expect(createRedactor(["topsecret"]).redact(line)).toMatch(
      new RegExp(`x ${MASK}${CUT_MARK.replace(/[()]/g, "\\$&")}$`),
    );
  });
});

describe("lines", () => {
  test("are the same however the bytes are cut", () => {
    const text = "one\ntwö 🐘\r\n\nthree\rfour\nlast 漢字";
    const bytes = Buffer.from(text);
    const expected = ["one", "twö 🐘", "", "three\rfour", "last 漢字"];
    for (let size = 1; size <= bytes.length; size += 1) {
      const lines: string[] = [];
      const splitter = createLineSplitter((line) => lines.push(line));
      for (let at = 0; at < bytes.length; at += size) splitter.write(bytes.subarray(at, at + size));
      splitter.end();
      expect(lines).toEqual(expected);
    }
  });

  test("a progress bar that never ends its line shows its end", () => {
    const lines: string[] = [];
    const splitter = createLineSplitter((line) => lines.push(line));
    for (let percent = 0; percent < 50_000; percent += 1)
      splitter.write(Buffer.from(`${percent} %\r`));
    splitter.end();
    expect(lines).toHaveLength(1);
    expect(cleanLine(lines[0] ?? "")).toBe("49999 %");
  });
});

test("a tail keeps the end, at a whole character", () => {
  const tail = createTail(10);
  for (let index = 0; index < 100; index += 1) tail.write(Buffer.from("aé"));
  tail.write(Buffer.from("🐘z"));
  expect(tail.text()).toBe("éaé🐘z".slice(-6));
  expect(Buffer.byteLength(tail.text())).toBeLessThanOrEqual(10);
});

test("a quoted command means the same to bash, on one line", async () => {
  const words = [
    "it's",
    "two\nlines",
    '$(x) `y` \\ "',
    "-n",
    "",
    "tab\there",
    "\u001b[31m",
    "é🐘",
    "a\\nb\n",
  ];
  const script = "process.stdout.write(JSON.stringify(process.argv.slice(1)))";
  const shown = shellCommand([process.execPath, "-e", script, "--", ...words]);
  expect(shown).toMatch(/^[^\u0000-\u001f\u007f-\u009f]*$/);
  const outcome = must(
    await processes.run({ command: ["bash", "-c", shown], env: { LC_ALL: "C.UTF-8" } }),
  );
  expect(JSON.parse(outcome.stdout)).toEqual(words);
});
