/** Whatever is done to a log, it is noticed and the first entry that does not hold is named. */
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { canonicalHash, canonicalJson } from "../../source/log/canonical.ts";
import { verifyLog } from "../../source/log/verify.ts";
import { type Storage, storage } from "../../source/settings/storage.ts";
import { temporaryFolder } from "../helpers/folder.ts";
import { must, problemOf } from "../helpers/results.ts";
import { HAS_SSH_KEYGEN, linesOf, places, sign, writeLines } from "./places.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

interface Original {
  readonly log: string;
  readonly head: string;
  readonly allowed: string;
}

let original: Original;

/** A fresh copy of the same log of four entries, in a home of its own. */
async function copy(): Promise<Storage> {
  const where = await places();
  await writeFile(where.log, original.log);
  await writeFile(join(where.home, "log.head"), original.head);
  await writeFile(join(where.home, "allowed_signers"), original.allowed);
  return where;
}

type Lines = readonly string[];

async function tampered(change: (lines: Lines) => Lines): Promise<Storage> {
  const where = await copy();
  await writeLines(where, change(await linesOf(where)));
  return where;
}

async function complaint(where: Storage) {
  const problem = problemOf(await verifyLog(where.log));
  expect(problem.code).toBe("log-broken");
  return problem;
}

function edited(line: number, change: (line: string) => string) {
  return (lines: Lines) => lines.map((text, index) => (index === line - 1 ? change(text) : text));
}

/** Changes an entry and makes its hash fit again. */
function rehashed(line: string, change: Record<string, unknown>): string {
  const { hash: _, signature, ...content } = { ...JSON.parse(line), ...change };
  return canonicalJson({ ...content, hash: canonicalHash(content), signature });
}

describe.runIf(HAS_SSH_KEYGEN)("a log of four entries", () => {
  beforeAll(async () => {
    const home = await mkdtemp(join(tmpdir(), "restore-drill-verify-"));
    const where = storage({ RESTORE_DRILL_HOME: home });
    for (const id of ["one", "two", "three", "four"]) {
      await sign(where, id);
    }
    original = {
      log: await readFile(where.log, "utf8"),
      head: await readFile(join(home, "log.head"), "utf8"),
      allowed: await readFile(join(home, "allowed_signers"), "utf8"),
    };
    await rm(home, { recursive: true });
  });

  test("holds as it was written, and tells by whom", async () => {
    const { log } = await copy();
    const verification = must(await verifyLog(log));
    expect(verification).toMatchObject({ entries: 4, notes: [] });
    expect(verification.signers).toEqual([
      { identity: expect.any(String), fingerprint: expect.stringMatching(/^SHA256:/), entries: 4 },
    ]);
    expect(verification.head).toBe(JSON.parse(original.log.trim().split("\n")[3] ?? "").hash);
  });

  test.each<[string, number, string, (lines: Lines) => Lines]>([
    ["a changed word", 2, "changed", edited(2, (line) => line.replace("Robin", "Rubin"))],
    [
      "a changed verdict",
      1,
      "changed",
      edited(1, (line) => line.replace("passed-with-deviations", "passed")),
    ],
    ["a changed hash", 3, "changed", edited(3, (line) => line.replace(/"hash":"./, '"hash":"g'))],
    ["an added field", 3, "changed", edited(3, (line) => line.replace("{", '{"a":1,'))],
    ["added white space", 2, "byte for byte", edited(2, (line) => line.replace(":", ": "))],
    ["a space at the end", 2, "byte for byte", edited(2, (line) => `${line} `)],
    [
      "a key written twice",
      2,
      "byte for byte",
      edited(2, (line) => line.replace("{", '{"id":"x",')),
    ],
    ["garbage", 2, "is not an entry", edited(2, () => "garbage")],
    ["an empty line", 2, "is not an entry", edited(2, () => "")],
    ["a list", 2, "is not an entry", edited(2, () => "[]")],
    ["endless nesting", 2, "is not an entry", edited(2, () => "[".repeat(200_000))],
    ["an unbounded number", 2, "is not an entry", edited(2, () => '{"id":1e999}')],
    ["the first entry gone", 1, "missing", (lines) => lines.slice(1)],
    ["an entry gone from the middle", 2, "missing", (lines) => lines.filter((_, at) => at !== 1)],
    ["the last entry gone", 4, "the last of them is gone", (lines) => lines.slice(0, -1)],
    ["the last two gone", 3, "last 2 of them are gone", (lines) => lines.slice(0, -2)],
    ["all gone", 1, "last 4 of them are gone", () => []],
    ["two entries swapped", 2, "another order", ([a = "", b = "", c = "", d = ""]) => [a, c, b, d]],
    ["an entry twice", 3, "another order", ([a = "", b = "", ...rest]) => [a, b, b, ...rest]],
    [
      "the first entry again at the end",
      5,
      "says it is the first",
      (lines) => [...lines, lines[0] ?? ""],
    ],
    [
      "a changed entry with its hash made to fit",
      2,
      "signature",
      edited(2, (line) => rehashed(line, { operator: "Mallory" })),
    ],
    [
      "a signature of another entry",
      2,
      "signature",
      ([a = "", b = "", ...rest]) => [a, withSignature(b, a), ...rest],
    ],
    [
      "no signature",
      2,
      "signature",
      edited(2, (line) => line.replace(/"signature":"[^"]*"/, '"signature":""')),
    ],
  ])("%s is noticed", async (_, line, why, change) => {
    const problem = await complaint(await tampered(change));
    expect(problem.message).toContain(`Entry ${line} `);
    expect(problem.message).toContain(why);
  });

  test("one changed bit in any of 200 places is noticed", async () => {
    const where = await copy();
    const whole = Buffer.from(original.log, "utf8");
    const step = Math.floor((whole.length - 1) / 200);
    // Signatures are the slow part; without them only the chain could notice, so they stay on.
    vi.stubEnv("PATH", "/nowhere");
    for (let place = 7; place < whole.length - 1; place += step) {
      const changed = Buffer.from(whole);
      changed[place] = (changed[place] ?? 0) ^ 0x04;
      await writeFile(where.log, changed);
      const line = whole.subarray(0, place).filter((byte) => byte === 0x0a).length + 1;
      const result = await verifyLog(where.log);
      const found = problemOf(result);
      // In the text of a signature it is ssh-keygen that notices, and it is missing here.
      const noticed = found.code === "log-broken" ? found.where : "left to the signature";
      const inSignature = isInSignature(whole, place);
      expect(noticed, `byte ${place}`).toBe(
        inSignature ? "left to the signature" : `${where.log}:${line}`,
      );
    }
  });

  test("a changed bit in a signature is noticed by ssh-keygen", async () => {
    const where = await tampered(
      edited(3, (line) =>
        line.replace(/(SIGNATURE-----\\n.{150})(.)/, (_, a, b) => a + (b === "A" ? "B" : "A")),
      ),
    );
    expect((await complaint(where)).message).toContain("Entry 3 (three)");
  });

  test("a line without its end is noticed, and a crash told from a cut", async () => {
    const where = await copy();
    await writeFile(where.log, original.log.slice(0, -40));
    expect((await complaint(where)).message).toMatch(/Entry 4 .*incomplete.*was cut/);
    await writeFile(where.log, `${original.log}{"half":`);
    expect((await complaint(where)).message).toMatch(/Entry 5 .*incomplete.*crash/);
  });

  test("an entry signed anew with another key is noticed", async () => {
    const key = join(await temporaryFolder(), "mallory");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
    const [type, blob] = (await readFile(`${key}.pub`, "utf8")).split(" ");
    const listing = execFileSync("ssh-keygen", ["-l", "-f", key], { encoding: "utf8" });
    const where = await tampered((lines) => {
      const { signer } = JSON.parse(lines[3] ?? "");
      const forged = {
        identity: signer.identity,
        publicKey: `${type} ${blob}`,
        fingerprint: listing.split(" ")[1],
      };
      const line = rehashed(lines[3] ?? "", { operator: "Mallory", signer: forged });
      const sign = ["-Y", "sign", "-n", "restore-drill", "-f", key];
      const signature = execFileSync("ssh-keygen", sign, {
        input: JSON.parse(line).hash,
        encoding: "utf8",
        stdio: ["pipe", "pipe", "ignore"],
      });
      return [...lines.slice(0, 3), canonicalJson({ ...JSON.parse(line), signature })];
    });
    expect((await complaint(where)).message).toMatch(
      /Entry 4 \(four\).*signed by SHA256:.*not list/,
    );
    // Nor does claiming to be the known key help.
    const claim = (line: string) => {
      const { signer } = JSON.parse(original.log.split("\n")[0] ?? "");
      return rehashed(line, { signer });
    };
    await writeLines(where, edited(4, claim)(await linesOf(where)));
    expect((await complaint(where)).message).toContain("not by the key it names");
  });

  test.each(["missing", "emptied"])(
    "an allowed_signers that is %s vouches for nobody",
    async (kind) => {
      const where = await copy();
      const file = join(where.home, "allowed_signers");
      await (kind === "missing" ? rm(file) : writeFile(file, ""));
      expect((await complaint(where)).message).toContain("Entry 1 (one)");
    },
  );

  test("an identity that smuggles a line into allowed_signers is not believed", async () => {
    const where = await tampered((lines) => {
      const { signer } = JSON.parse(lines[0] ?? "");
      const identity = `${signer.identity}\nx`;
      return edited(1, (line) => rehashed(line, { signer: { ...signer, identity } }))(lines);
    });
    expect((await complaint(where)).message).toContain("Entry 1 ");
  });

  test("without log.head the rest is checked, and what could not be is said", async () => {
    const where = await copy();
    await rm(join(where.home, "log.head"));
    const { notes } = must(await verifyLog(where.log));
    expect(notes.join()).toContain("cut off the end");
  });

  test("a log.head that was changed is noticed", async () => {
    const where = await copy();
    await writeFile(join(where.home, "log.head"), "{}");
    expect((await complaint(where)).message).toContain("log.head");
    await writeFile(
      join(where.home, "log.head"),
      original.head.replace(/"hash":"..../, '"hash":"0000'),
    );
    expect((await complaint(where)).message).toContain(
      "Entry 4 of the log does not hold: it is not the one that log.head names",
    );
  });

  test("an entry that a journal knows of and the log lacks is missed", async () => {
    const { log } = await copy();
    const anchor = { id: "five", hash: "f".repeat(64), source: "the journal of five" };
    const problem = problemOf(await verifyLog(log, [anchor]));
    expect(problem.message).toContain("Entry 5 (five)");
    expect(problem.message).toContain("the journal of five");
  });

  test("without ssh-keygen the chain is checked, and that the signatures were not is said", async () => {
    const where = await copy();
    vi.stubEnv("PATH", "/nowhere");
    const problem = problemOf(await verifyLog(where.log));
    expect(problem.code).toBe("unusable");
    expect(problem.message).toMatch(/chain of 4 entries holds.*no signature was checked/);
    const broken = await tampered(edited(2, (line) => line.replace("Robin", "Rubin")));
    expect((await complaint(broken)).message).toContain("Entry 2 (two)");
    const cut = await tampered((lines) => lines.slice(0, -1));
    expect((await complaint(cut)).message).toContain("Entry 4 ");
  });
});

test("a log that does not exist holds: it has no entries", async () => {
  expect(must(await verifyLog((await places()).log))).toMatchObject({ entries: 0, signers: [] });
});

function withSignature(line: string, other: string): string {
  return canonicalJson({ ...JSON.parse(line), signature: JSON.parse(other).signature });
}

function isInSignature(whole: Buffer, place: number): boolean {
  const start = whole.lastIndexOf('"signature":"', place) + '"signature":"'.length;
  return (
    whole.lastIndexOf('"signature":"', place) > whole.lastIndexOf("\n", place) &&
    place >= start &&
    place < whole.indexOf('","signedAt"', start)
  );
}
