/** JSON Web Tokens (RFC 7519), signed by whatever key a file holds. */
import { createHmac, createPrivateKey, type KeyObject, sign } from "node:crypto";
import { fail, ok, type Result } from "../../problem.ts";

const ALGORITHMS: Readonly<Record<string, string>> = { ec: "ES256", rsa: "RS256" };

/** HS256 for a plain secret, ES256 and RS256 for the PEM of a private key. */
export function signToken(
  secret: string,
  claims: Readonly<Record<string, unknown>>,
): Result<string> {
  if (!secret.includes("PRIVATE KEY")) return ok(signed("HS256", secret, claims));
  const key = privateKey(secret);
  const alg = ALGORITHMS[key?.asymmetricKeyType ?? ""];
  if (key !== undefined && alg !== undefined) return ok(signed(alg, key, claims));
  return fail({
    code: "failed",
    message: "The key is no PEM of an EC or RSA private key, so no token can be signed with it.",
    hint: "Make one with secrets/generate, kind ec or rsa.",
  });
}

function privateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    // What is wrong with it may quote it.
    return undefined;
  }
}

function signed(
  alg: string,
  key: KeyObject | string,
  claims: Readonly<Record<string, unknown>>,
): string {
  const text = `${encoded({ alg, typ: "JWT" })}.${encoded(claims)}`;
  const signature =
    typeof key === "string"
      ? createHmac("sha256", key).update(text).digest()
      : sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
