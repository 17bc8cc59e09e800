/** The key that signs: the operator's own, or one made on first use. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { homedir, hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import { syncFolder, writeProblem } from "../journal/durable.ts";
import { fail, ok, type Result } from "../problem.ts";
import { identityOf, NAMESPACE, signerOf } from "./allowed-signers.ts";
import { sshKeygen } from "./ssh-keygen.ts";
import type { Signer } from "./types.ts";

export interface SigningKey {
  /** Absolute: a private key, or the public half of one that ssh-agent holds. */
  readonly path: string;
  readonly signer: Signer;
}

export interface KeyRequest {
  /** Folder for the generated key. */
  readonly keys: string;
  readonly operator: string;
  /** The operator's own key; `~/` is their home. */
  readonly own?: string;
}

/** The caller holds the log's lock, so a key is made only once. */
export async function signingKey(request: KeyRequest): Promise<Result<SigningKey>> {
  if (request.own !== undefined) {
    return describeKey(ownPath(request.own), request.operator);
  }
  const path = join(request.keys, `${NAMESPACE}_ed25519`);
  if (!existsSync(path)) {
    const made = await generate(path, request.operator);
    if (!made.ok) {
      return made;
    }
  }
  return describeKey(path, request.operator);
}

/** Made aside and moved into place, so that a crash leaves no half of a key. */
async function generate(path: string, operator: string): Promise<Result<void>> {
  const draft = `${path}.draft`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await Promise.all([rm(draft, { force: true }), rm(`${draft}.pub`, { force: true })]);
    const comment = `${NAMESPACE} ${identityOf(operator, hostname())}`;
    const made = await sshKeygen(["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", draft], "");
    if (!made.ok) {
      return made;
    }
    if (made.value.exit !== 0) {
      return fail(keyProblem(path, `could not be made: ${lastLine(made.value.stderr)}`));
    }
    await rename(`${draft}.pub`, `${path}.pub`);
    await rename(draft, path);
    await syncFolder(dirname(path));
    return ok(undefined);
  } catch (error) {
    return fail(writeProblem(`The signing key ${path}`, error));
  }
}

async function describeKey(path: string, operator: string): Promise<Result<SigningKey>> {
  const line = await publicKeyLine(path);
  if (!line.ok) {
    return line;
  }
  const signer = signerOf(identityOf(operator, hostname()), line.value);
  return signer === undefined
    ? fail(keyProblem(path, "has no readable public half"))
    : ok({ path, signer });
}

/** The `.pub` beside the key, the file itself if it is public, or the half within the private one. */
async function publicKeyLine(path: string): Promise<Result<string>> {
  if (!existsSync(path)) {
    return fail(keyProblem(path, "does not exist"));
  }
  const beside = path.endsWith(".pub") ? path : `${path}.pub`;
  try {
    return ok(await readFile(beside, "utf8"));
  } catch {
    const derived = await sshKeygen(["-y", "-P", "", "-f", path], "");
    if (!derived.ok) {
      return derived;
    }
    return derived.value.exit === 0
      ? ok(derived.value.stdout)
      : fail(keyProblem(path, `cannot be read: ${lastLine(derived.value.stderr)}`));
  }
}

function ownPath(path: string): string {
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : resolve(path);
}

function keyProblem(path: string, what: string) {
  return {
    code: "unusable",
    message: `The signing key ${path} ${what}.`,
    hint: "Check the signing key in the settings; without one, a key is made for you.",
  } as const;
}

export function lastLine(stderr: string): string {
  return stderr.trim().split("\n").at(-1)?.trim() || "no reason was given";
}
