/** New secrets, by the kind of what will use them. Pure but for randomness. */
import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";

export const SECRET_KINDS = ["password", "hmac", "ec", "rsa"] as const;
export type SecretKind = (typeof SECRET_KINDS)[number];

export interface MadeSecret {
  /** What must never be shown. */
  readonly secret: string;
  /** Of a key pair: PEM. */
  readonly publicKey?: string;
  /** Tells it from another, and tells nothing else: all secrets are 256 random bits or key pairs. */
  readonly fingerprint: string;
}

export function makeSecret(kind: SecretKind): MadeSecret {
  switch (kind) {
    case "password":
      return ofText(randomBytes(32).toString("hex"));
    case "hmac":
      return ofText(randomBytes(32).toString("base64url"));
    case "ec":
      return ofPair(
        generateKeyPairSync("ec", {
          namedCurve: "P-256",
          publicKeyEncoding: { type: "spki", format: "pem" },
          privateKeyEncoding: { type: "pkcs8", format: "pem" },
        }),
      );
    case "rsa":
      return ofPair(
        generateKeyPairSync("rsa", {
          modulusLength: 3072,
          publicKeyEncoding: { type: "spki", format: "pem" },
          privateKeyEncoding: { type: "pkcs8", format: "pem" },
        }),
      );
  }
}

function ofText(secret: string): MadeSecret {
  return { secret, fingerprint: fingerprintOf(secret) };
}

function ofPair({ publicKey, privateKey }: { publicKey: string; privateKey: string }): MadeSecret {
  return { secret: privateKey, publicKey, fingerprint: fingerprintOf(publicKey) };
}

/** The first 64 bits are enough to tell the few secrets of one environment apart. */
function fingerprintOf(text: string): string {
  return `SHA256:${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
}
