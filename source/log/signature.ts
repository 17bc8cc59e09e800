/** SSH signatures over the text of an entry's hash, made and checked by `ssh-keygen -Y`. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fail, ok, type Result } from "../problem.ts";
import { isConsistent, NAMESPACE } from "./allowed-signers.ts";
import { lastLine, type SigningKey } from "./signing-key.ts";
import { sshKeygen } from "./ssh-keygen.ts";
import type { Signer } from "./types.ts";

export interface SignedHash {
  readonly hash: string;
  readonly signature: string;
  readonly signer: Signer;
}

/** Armored. An agent that holds the key is asked first; a passphrase is never asked for. */
export async function signHash(key: SigningKey, hash: string): Promise<Result<string>> {
  const made = await sshKeygen(["-Y", "sign", "-n", NAMESPACE, "-f", key.path], hash);
  if (!made.ok) {
    return made;
  }
  if (made.value.exit !== 0) {
    return fail({
      code: "unusable",
      message: `The key ${key.path} does not sign: ${lastLine(made.value.stderr)}.`,
      hint: `If it has a passphrase, load it into ssh-agent first: ssh-add ${key.path}.`,
    });
  }
  const signature = made.value.stdout.trim();
  const why = await checkSignature({ hash, signature, signer: key.signer });
  if (!why.ok) {
    return why;
  }
  return why.value === undefined
    ? ok(signature)
    : fail({
        code: "unusable",
        message: `The signature of the key ${key.path} does not hold: it ${why.value}.`,
        hint: "Check that the .pub file beside the key belongs to it.",
      });
}

/**
 * Is this the signature of that very key over that hash? Gives the reason when it is not.
 * Whether the key speaks for the signer is for `allowed_signers` to say.
 */
export async function checkSignature(signed: SignedHash): Promise<Result<string | undefined>> {
  if (!isConsistent(signed.signer)) {
    return ok("names a key and a fingerprint that do not belong together");
  }
  const folder = await mkdtemp(join(tmpdir(), "restore-drill-signature-"));
  try {
    const { identity, publicKey } = signed.signer;
    const [signature, allowed] = [join(folder, "signature"), join(folder, "allowed")];
    await writeFile(signature, `${signed.signature}\n`, { mode: 0o600 });
    await writeFile(allowed, `${identity} namespaces="${NAMESPACE}" ${publicKey}\n`, {
      mode: 0o600,
    });
    const checked = await sshKeygen(
      ["-Y", "verify", "-f", allowed, "-I", identity, "-n", NAMESPACE, "-s", signature],
      signed.hash,
    );
    if (!checked.ok) {
      return checked;
    }
    const { exit, stderr } = checked.value;
    return ok(exit === 0 ? undefined : `is not by the key it names (${lastLine(stderr)})`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
