/** An approval counts when somebody else made it, and only as long as nothing is done to it. */
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { type LogArguments, logCommand } from "../../source/commands/log.ts";
import { canonicalHash, canonicalJson } from "../../source/log/canonical.ts";
import { createSigner } from "../../source/log/signer.ts";
import { verifyLog } from "../../source/log/verify.ts";
import type { Storage } from "../../source/settings/storage.ts";
import { temporaryFolder } from "../helpers/folder.ts";
import { must, problemOf } from "../helpers/results.ts";
import { HAS_SSH_KEYGEN, linesOf, places, sign, writeLines } from "./places.ts";
import { at, SIGN_OFF, sampleState, TOOL } from "./sample.ts";

async function run(storage: Storage, args: LogArguments) {
  const [out, err] = [vi.fn<(text: string) => void>(), vi.fn<(text: string) => void>()];
  const code = await logCommand(args, { storage, out, err });
  const text = (said: typeof out) => said.mock.calls.map(([line]) => line).join("\n");
  return { code, out: text(out), err: text(err) };
}

async function newKey(): Promise<string> {
  const key = join(await temporaryFolder(), "key");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
  return key;
}

interface SignOptions {
  readonly id?: string;
  readonly operator?: string;
  readonly keyPath?: string;
}

/** An entry that needs an approval. */
async function signed(where: Storage, options: SignOptions = {}) {
  const { id = "one", operator = "Robin", keyPath } = options;
  const state = sampleState(id);
  const { drill } = state;
  if (drill === undefined) throw new Error("the sample has started");
  const checklist = { ...drill.checklist, approval: "required" } as const;
  const needing = { ...state, drill: { ...drill, operator, checklist } };
  const key = keyPath === undefined ? {} : { keyPath };
  const signer = createSigner({ storage: where, tool: TOOL, ...key });
  must(await signer.sign(needing, { ...SIGN_OFF, operator }, at(100)));
}

const approve = (where: Storage, as: string, key: string, entry = "one") =>
  run(where, { sub: "approve", entry, as, key });

/** A log of one entry that Kim approved, and her key. */
async function approved(): Promise<{ where: Storage; key: string }> {
  const [where, key] = [await places(), await newKey()];
  await signed(where);
  const { code, err } = await approve(where, "Kim", key);
  expect(code, err).toBe(0);
  return { where, key };
}

/** Changes the approval and signs it anew, as somebody with that key could. */
async function forge(where: Storage, key: string, change: Record<string, unknown>) {
  const [entry = "", approval = ""] = await linesOf(where);
  const { hash: _, signature: __, ...content } = { ...JSON.parse(approval), ...change };
  const hash = canonicalHash(content);
  const signature = execFileSync("ssh-keygen", ["-Y", "sign", "-n", "restore-drill", "-f", key], {
    input: hash,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "ignore"],
  }).trim();
  await writeLines(where, [entry, canonicalJson({ ...content, hash, signature })]);
  const head = JSON.stringify({ count: 2, hash });
  await writeFile(join(where.home, "log.head"), `${head}\n`);
}

describe.runIf(HAS_SSH_KEYGEN)("an approval", () => {
  test("stands in the chain: what comes after it follows it", async () => {
    const { where } = await approved();
    await sign(where, "two");
    const verification = must(await verifyLog(where.log));
    expect(verification).toMatchObject({
      entries: 2,
      approvals: { approved: ["one"], awaiting: [], rejected: [] },
    });
    const lines = await linesOf(where);
    await writeLines(
      where,
      lines.filter((_, index) => index !== 1),
    );
    const problem = problemOf(await verifyLog(where.log));
    expect(problem.code).toBe("log-broken");
    expect(problem.message).toContain("missing");
  });

  test("is told as that of somebody else than the drill had named", async () => {
    const where = await places();
    await signed(where);
    expect((await run(where, { sub: "list" })).out).toContain("awaiting approval by Kim");
    const done = await approve(where, "Lee", await newKey());
    expect(done.code, done.err).toBe(0);
    expect(done.err).toContain("The drill named Kim as its approver");
    const words = "approved by Lee (the drill had named Kim)";
    expect(done.out).toContain(words);
    expect((await run(where, { sub: "show" })).out).toContain(words);
    const { out } = await run(where, { sub: "show", json: true });
    expect(JSON.parse(out).approvalState).toMatchObject({ approver: "Lee", insteadOf: "Kim" });
  });

  test("does not hold when its own signer put the operator's name on it", async () => {
    const { where, key } = await approved();
    await forge(where, key, { approver: "robin" });
    const problem = problemOf(await verifyLog(where.log));
    expect(problem).toMatchObject({ code: "log-broken", where: `${where.log}:2` });
    expect(problem.message).toContain("Robin ran the drill");
    expect((await run(where, { sub: "list" })).out).toContain("awaiting approval");
  });

  test("does not hold when the operator made it with their own key", async () => {
    const { where } = await approved();
    const own = join(where.keys, "restore-drill_ed25519");
    const { signer } = JSON.parse((await linesOf(where))[0] ?? "");
    await forge(where, own, { signer });
    const problem = problemOf(await verifyLog(where.log));
    expect(problem.message).toContain("the key that Robin signed the entry with");
    expect((await run(where, { sub: "show" })).out).toContain("awaiting approval");
  });

  test("of another key than it names counts nowhere", async () => {
    const { where } = await approved();
    await forge(where, await newKey(), { decision: "approved" });
    expect(problemOf(await verifyLog(where.log)).message).toContain("not by the key it names");
    const { out } = await run(where, { sub: "show", json: true });
    expect(JSON.parse(out).approvalState).toMatchObject({
      status: "awaiting",
      problem: expect.stringContaining("not by the key it names"),
    });
    const list = await run(where, { sub: "list" });
    expect(list.out).toContain("awaiting approval");
  });

  test("for another entry's hash, or for none, does not hold", async () => {
    const { where, key } = await approved();
    await forge(where, key, { entry: { id: "one", hash: "e".repeat(64) } });
    const problem = problemOf(await verifyLog(where.log));
    expect(problem.message).toContain("an entry that is not in the log before it");
  });

  test("is only for entries that ask for it", async () => {
    const [where, key] = [await places(), await newKey()];
    await sign(where, "one");
    const { code, err } = await approve(where, "Kim", key);
    expect({ code, err }).toMatchObject({ code: 4, err: expect.stringContaining("no approval") });
  });

  test("cannot be by a key that the operator signed an earlier drill with", async () => {
    const [where, key] = [await places(), await newKey()];
    await signed(where, { id: "zero", keyPath: key });
    await signed(where, { id: "one" });
    const { code, err } = await approve(where, "Kim", key);
    expect(code).toBe(4);
    expect(err).toContain("Robin, who ran the drill, signed entry zero with");
  });

  test("cannot be by whoever started the drill or went on with it", async () => {
    const where = await places();
    await signed(where);
    const { code, err } = await approve(where, "Plain Words", await newKey());
    expect(code).toBe(4);
    expect(err).toContain("plain words ran the drill");
  });

  test("is checked against the keys an auditor knows", async () => {
    const { where, key } = await approved();
    const known = await run(where, { sub: "verify", approvers: `${key}.pub` });
    expect(known.code, known.err).toBe(0);
    const file = join(await temporaryFolder(), "approvers");
    const [type, blob] = (await readFile(`${await newKey()}.pub`, "utf8")).split(" ");
    await writeFile(file, `# ours\nkim@office namespaces="restore-drill" ${type} ${blob}\n`);
    const stranger = await run(where, { sub: "verify", approvers: file });
    expect(stranger.code).toBe(6);
    expect(stranger.err).toContain("approval-of-one");
    expect(stranger.err).toContain("does not list");
    expect((await run(where, { sub: "verify", approvers: "/nowhere" })).code).toBe(2);
  });

  test("by a name full of markup and escape codes stays a text wherever it is shown", async () => {
    const [where, key] = [await places(), await newKey()];
    await signed(where);
    await approve(where, "Kim </title><b>|`\u001b[31m", key);
    for (const format of ["html", "markdown"]) {
      const { out } = await run(where, { sub: "export", entry: "one", format, output: "-" });
      expect(out).not.toContain("<b>|");
      expect(out).not.toContain("\u001b");
    }
    for (const sub of ["list", "show"] as const) {
      expect((await run(where, { sub })).out).not.toContain("\u001b");
    }
  });
});
