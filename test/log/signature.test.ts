import { execFileSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { identityOf, signerOf } from "../../source/log/allowed-signers.ts";
import { checkSignature, signHash } from "../../source/log/signature.ts";
import { signingKey } from "../../source/log/signing-key.ts";
import type { Signer } from "../../source/log/types.ts";
import { temporaryFolder } from "../helpers/folder.ts";
import { must } from "../helpers/results.ts";
import { HAS_SSH_KEYGEN, sign, signedLog } from "./places.ts";

const HASH = "a".repeat(64);

async function newKey(operator: string) {
  return must(await signingKey({ keys: await temporaryFolder(), operator }));
}

describe.runIf(HAS_SSH_KEYGEN)("a signature", () => {
  test("holds for its key and its hash, and for nothing else", async () => {
    const key = await newKey("Robin");
    const signature = must(await signHash(key, HASH));
    const check = async (hash: string, signer: Signer) =>
      must(await checkSignature({ hash, signature, signer }));
    expect(await check(HASH, key.signer)).toBeUndefined();
    expect(await check("b".repeat(64), key.signer)).toContain("not by the key it names");
    expect(await check(`${HASH}\n`, key.signer)).toContain("not by the key it names");
    expect(await check(HASH, (await newKey("Kim")).signer)).toContain("not by the key it names");
  });

  test("of another key does not hold by smuggling that key in", async () => {
    const [robin, mallory] = [await newKey("Robin"), await newKey("Mallory")];
    const signature = must(await signHash(mallory, HASH));
    const smuggled = `* namespaces="restore-drill" ${mallory.signer.publicKey}`;
    const { publicKey, fingerprint } = robin.signer;
    const signers = [
      { ...robin.signer, identity: `${smuggled}\n#` },
      { ...robin.signer, publicKey: `${mallory.signer.publicKey}\n#${publicKey}` },
      { ...mallory.signer, fingerprint },
    ];
    for (const signer of signers) {
      const why = must(await checkSignature({ hash: HASH, signature, signer }));
      expect(why).toContain("do not belong together");
    }
  });

  test("made for another purpose with the same key does not hold", async () => {
    const key = await newKey("Robin");
    const signature = execFileSync("ssh-keygen", ["-Y", "sign", "-n", "git", "-f", key.path], {
      input: HASH,
      encoding: "utf8",
      stdio: ["pipe", "pipe", "ignore"],
    });
    const checked = must(await checkSignature({ hash: HASH, signature, signer: key.signer }));
    expect(checked).toContain("not by the key it names");
  });

  test("is by a key whose fingerprint is the one ssh-keygen prints", async () => {
    const key = await newKey("Robin");
    const listing = execFileSync("ssh-keygen", ["-l", "-f", key.path], { encoding: "utf8" });
    expect(listing).toContain(` ${key.signer.fingerprint} `);
  });
});

test.each([
  ["Robin", "host", "Robin@host"],
  ["Robin O'Neil, ops", "a b", "Robin-O-Neil-ops@a-b"],
  ["Zoë", "h", "Zoe@h"],
  ["*?!", "", "operator@host"],
  ["-rf", "..", "rf@host"],
])("operator %j on host %j signs as %s", (operator, host, identity) => {
  expect(identityOf(operator, host)).toBe(identity);
});

test.each(["", "ssh-ed25519", "ssh-ed25519 not*base64", 'x"y AAAA'])(
  "%j is no public key",
  (line) => {
    expect(signerOf("a@b", line)).toBeUndefined();
  },
);

test.runIf(HAS_SSH_KEYGEN)("no secret of the process's environment is in any file", async () => {
  vi.stubEnv("DB_PASSWORD", "hunter2-in-the-environment");
  const where = await signedLog("one");
  await sign(where, "two");
  vi.unstubAllEnvs();
  const files = await readdir(where.home, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files
      .filter((file) => file.isFile())
      .map((file) => readFile(join(file.parentPath, file.name), "utf8")),
  );
  expect(texts.length).toBeGreaterThan(4);
  expect(texts.join()).not.toContain("hunter2");
});
