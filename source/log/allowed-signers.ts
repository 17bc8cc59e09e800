/**
 * The file `allowed_signers` beside the log: which key speaks for whom, in the form that
 * `ssh-keygen -Y verify -f` reads. With it an auditor needs nothing of this tool:
 *
 *     printf %s "$HASH" | ssh-keygen -Y verify -f allowed_signers -I "$IDENTITY" \
 *       -n restore-drill -s signature.txt
 *
 * where HASH, IDENTITY (`signer.identity`) and the signature are fields of the entry.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { replaceFile } from "../journal/durable.ts";
import { fail, ok, type Result } from "../problem.ts";
import type { Signer } from "./types.ts";

export const NAMESPACE = "restore-drill";

export function allowedSignersPath(log: string): string {
  return join(dirname(log), "allowed_signers");
}

/** Principals are patterns in that file, so an identity is made of harmless characters only. */
export function identityOf(operator: string, host: string): string {
  return `${plain(operator) || "operator"}@${plain(host) || "host"}`;
}

/** Reads a public key line; undefined when it is none. */
export function signerOf(identity: string, publicKeyLine: string): Signer | undefined {
  const [type, blob] = publicKeyLine.trim().split(/\s+/);
  if (type === undefined || blob === undefined || !/^[A-Za-z0-9@.-]+$/.test(type)) {
    return undefined;
  }
  const fingerprint = fingerprintOf(blob);
  return fingerprint === undefined
    ? undefined
    : { identity, publicKey: `${type} ${blob}`, fingerprint };
}

/** True when key and fingerprint agree, and nothing in them could pass for another line. */
export function isConsistent(signer: Signer): boolean {
  const derived = signerOf(signer.identity, signer.publicKey);
  return (
    /^[A-Za-z0-9._-]+@[A-Za-z0-9._-]+$/.test(signer.identity) &&
    derived?.publicKey === signer.publicKey &&
    derived.fingerprint === signer.fingerprint
  );
}

export async function isAllowed(path: string, signer: Signer): Promise<boolean> {
  return (await linesOf(path)).includes(lineOf(signer));
}

/** Adds the signer unless it is there; what is there stays as it is. */
export async function rememberSigner(path: string, signer: Signer): Promise<void> {
  const lines = await linesOf(path);
  if (!lines.includes(lineOf(signer))) {
    await replaceFile(path, `${[...lines, lineOf(signer)].join("\n")}\n`);
  }
}

function lineOf({ identity, publicKey }: Signer): string {
  return `${identity} namespaces="${NAMESPACE}" ${publicKey}`;
}

/**
 * The keys of a file in that same form, which an auditor keeps apart from the log; a line without
 * options or principals, as in a `.pub`, does too. None is a problem: `usage`.
 */
export async function keysIn(path: string): Promise<Result<ReadonlySet<string>>> {
  const text = await readFile(path, "utf8").catch(() => "");
  const keys = text.split("\n").flatMap((line) => {
    const [key] =
      /(?<=^|\s)(?:ssh-|ecdsa-|sk-)[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}(?=\s|$)/.exec(line) ?? [];
    return key === undefined || line.trimStart().startsWith("#") ? [] : [key];
  });
  return keys.length > 0
    ? ok(new Set(keys))
    : fail({
        code: "usage",
        message: `No public key could be read from ${path}.`,
        hint: "Give a file in the form of allowed_signers, or a .pub file.",
      });
}

async function linesOf(path: string): Promise<readonly string[]> {
  try {
    return (await readFile(path, "utf8")).split("\n").filter((line) => line !== "");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return [];
    }
    throw error;
  }
}

function fingerprintOf(blob: string): string | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(blob)) {
    return undefined;
  }
  const digest = createHash("sha256").update(Buffer.from(blob, "base64")).digest("base64");
  return `SHA256:${digest.replace(/=+$/, "")}`;
}

function plain(text: string): string {
  const ascii = text.normalize("NFKD").replace(/[^A-Za-z0-9._-]+/g, "-");
  return ascii.replace(/^[-.]+|[-.]+$/g, "").slice(0, 64);
}
