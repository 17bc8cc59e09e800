import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { createSigner } from "../../source/log/signer.ts";
import { verifyLog } from "../../source/log/verify.ts";
import type { Storage } from "../../source/settings/storage.ts";
import { temporaryFolder } from "../helpers/folder.ts";
import { must, problemOf } from "../helpers/results.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { HAS_SSH_KEYGEN, linesOf, places, sign, signedLog, writeLines } from "./places.ts";
import { at, SIGN_OFF, sampleState, TOOL } from "./sample.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

function signWith(storage: Storage, keyPath: string, id = "one") {
  const signer = createSigner({ storage, tool: TOOL, keyPath });
  return signer.sign(sampleState(id), SIGN_OFF, at(100));
}

async function newKey(passphrase = ""): Promise<string> {
  const key = join(await temporaryFolder(), "id operator");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", "me", "-f", key]);
  return key;
}

describe.runIf(HAS_SSH_KEYGEN)("signing", () => {
  test("the first drill makes a key; the log, the key and the head are the operator's only", async () => {
    const where = await places();
    const { id, hash, log } = await sign(where, "one");
    expect({ id, log }).toEqual({ id: "one", log: where.log });
    const [line = ""] = await linesOf(where);
    const entry = JSON.parse(line);
    expect(entry).toMatchObject({ id: "one", hash, previous: "0".repeat(64) });
    expect(entry.signature).toMatch(/^-----BEGIN SSH SIGNATURE-----\n/);
    const key = join(where.keys, "restore-drill_ed25519");
    for (const file of [where.log, key, join(where.home, "log.head")]) {
      expect((await stat(file)).mode & 0o777, file).toBe(0o600);
    }
    expect((await stat(where.keys)).mode & 0o777).toBe(0o700);
  });

  test("an auditor needs nothing of this tool to check a signature", async () => {
    const where = await signedLog("one");
    const [line = ""] = await linesOf(where);
    const { hash, signature, signer } = JSON.parse(line);
    const file = join(await temporaryFolder(), "signature.txt");
    await writeFile(file, `${signature}\n`);
    const allowed = join(where.home, "allowed_signers");
    const check = ["-Y", "verify", "-f", allowed, "-I", signer.identity, "-n", "restore-drill"];
    const verify = (input: string) =>
      execFileSync("ssh-keygen", [...check, "-s", file], {
        input,
        encoding: "utf8",
        stdio: "pipe",
      });
    expect(verify(hash)).toContain(signer.fingerprint);
    expect(() => verify(hash.replace(/./, "g"))).toThrow();
  });

  test("each entry holds the hash of the one before, and one key signs them all", async () => {
    const where = await signedLog("one", "two", "three");
    const entries = (await linesOf(where)).map((line) => JSON.parse(line));
    expect(entries.map(({ previous }) => previous)).toEqual([
      "0".repeat(64),
      entries[0].hash,
      entries[1].hash,
    ]);
    expect(must(await verifyLog(where.log)).signers).toMatchObject([{ entries: 3 }]);
  });

  test("signing the same drill again gives the entry that is there", async () => {
    const where = await places();
    const first = await sign(where, "one");
    await sign(where, "two");
    expect(await sign(where, "one")).toEqual(first);
    expect(await linesOf(where)).toHaveLength(2);
  });

  test("hostile operators become harmless identities", async () => {
    const where = await places();
    const operator = 'x" namespaces="*\nssh-ed25519 AAAA, *; $(reboot) é';
    const signer = createSigner({ storage: where, tool: TOOL });
    must(await signer.sign(sampleState("one"), { ...SIGN_OFF, operator }, at(100)));
    expect((await readFile(join(where.home, "allowed_signers"), "utf8")).split("\n")).toHaveLength(
      2,
    );
    must(await verifyLog(where.log));
    const [line = ""] = await linesOf(where);
    expect(JSON.parse(line).operator).toBe(operator);
  });

  test("the operator's own key signs, also without its public half beside it", async () => {
    const where = await places();
    const key = await newKey();
    must(await signWith(where, key));
    await rm(`${key}.pub`);
    must(await signWith(where, key, "two"));
    expect(must(await verifyLog(where.log)).signers).toMatchObject([{ entries: 2 }]);
  });

  test("a key with a passphrase is refused at once, with what to do, and nothing is written", async () => {
    vi.stubEnv("SSH_AUTH_SOCK", "");
    const where = await places();
    const problem = problemOf(await signWith(where, await newKey("secret")));
    expect(problem).toMatchObject({ code: "unusable" });
    expect(problem.message).toContain("cannot be signed off");
    expect(problem.hint).toContain("ssh-add");
    await expect(stat(where.log)).rejects.toThrow("ENOENT");
  });

  test("a key with a passphrase signs when ssh-agent holds it", async () => {
    const socket = join(await temporaryFolder(), "agent");
    const agent: ChildProcess = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
    onTestFinished(async () => {
      agent.kill();
      await once(agent, "close");
    });
    await waitFor(() => stat(socket));
    const key = await newKey("secret");
    const askpass = join(await temporaryFolder(), "askpass");
    await writeFile(askpass, "#!/bin/sh\necho secret\n");
    await chmod(askpass, 0o700);
    execFileSync("ssh-add", ["-q", key], {
      env: {
        ...process.env,
        SSH_AUTH_SOCK: socket,
        SSH_ASKPASS: askpass,
        SSH_ASKPASS_REQUIRE: "force",
      },
      stdio: "ignore",
    });
    vi.stubEnv("SSH_AUTH_SOCK", socket);
    const where = await places();
    must(await signWith(where, key));
    must(await verifyLog(where.log));
  });

  test("a public half that belongs to another key is found out before anything is written", async () => {
    const where = await places();
    const [key, other] = [await newKey(), await newKey()];
    await writeFile(`${key}.pub`, await readFile(`${other}.pub`));
    expect(problemOf(await signWith(where, key)).code).toBe("unusable");
    await expect(stat(where.log)).rejects.toThrow("ENOENT");
  });

  test.each(["missing", "garbage"])("a %s key is a problem that names it", async (kind) => {
    const where = await places();
    const key = join(await temporaryFolder(), kind);
    if (kind === "garbage") {
      await writeFile(key, "no key\n", { mode: 0o600 });
    }
    expect(problemOf(await signWith(where, key)).message).toContain(key);
  });

  test("without ssh-keygen the drill is not signed off, and stays resumable", async () => {
    const where = await places();
    vi.stubEnv("PATH", "/nowhere");
    const signer = createSigner({ storage: where, tool: TOOL });
    const problem = problemOf(await signer.sign(sampleState(), SIGN_OFF, at(100)));
    expect(problem.code).toBe("unusable");
    expect(problem.hint).toContain("openssh-client");
    expect(problem.hint).toContain("resume");
    vi.unstubAllEnvs();
    await sign(where, "drill-one");
  });

  test("four processes that sign at once make one chain that holds", async () => {
    const where = await places();
    const script = new URL("sign-process.ts", import.meta.url).pathname;
    const children = ["a", "b", "c", "d"].map((name) =>
      spawn(process.execPath, [script, where.home, name], {
        stdio: ["ignore", "ignore", "inherit"],
      }),
    );
    const exits = await Promise.all(children.map((child) => once(child, "close")));
    expect(exits.map(([code]) => code)).toEqual([0, 0, 0, 0]);
    expect(must(await verifyLog(where.log))).toMatchObject({
      entries: 12,
      signers: [{ entries: 12 }],
    });
  });
});

describe.runIf(HAS_SSH_KEYGEN)("after a crash", () => {
  test("a line that was never finished is cut off and signed anew", async () => {
    const where = await signedLog("one");
    const whole = await readFile(where.log);
    await writeFile(where.log, Buffer.concat([whole, whole.subarray(0, 500)]));
    await sign(where, "two");
    expect(must(await verifyLog(where.log)).entries).toBe(2);
  });

  test("a head that lags behind the log is brought up", async () => {
    const where = await signedLog("one");
    const head = await readFile(join(where.home, "log.head"));
    await sign(where, "two");
    const current = await readFile(join(where.home, "log.head"));
    await writeFile(join(where.home, "log.head"), head);
    must(await verifyLog(where.log));
    await sign(where, "two");
    expect(await readFile(join(where.home, "log.head"))).toEqual(current);
  });
});

describe.runIf(HAS_SSH_KEYGEN)("nothing is added to a log whose end does not hold", () => {
  test.each<[string, (lines: string[]) => string[]]>([
    ["changed", (lines) => [...lines.slice(0, -1), (lines.at(-1) ?? "").replace("Robin", "Rubin")]],
    ["cut off", (lines) => lines.slice(0, -1)],
    ["emptied", () => []],
  ])("%s", async (_, change) => {
    const where = await signedLog("one", "two");
    await writeLines(where, change(await linesOf(where)));
    const before = await readFile(where.log);
    const signer = createSigner({ storage: where, tool: TOOL });
    const problem = problemOf(await signer.sign(sampleState("three"), SIGN_OFF, at(100)));
    expect(problem.code).toBe("log-broken");
    expect(await readFile(where.log)).toEqual(before);
  });
});
