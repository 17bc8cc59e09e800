/** Passwords and tokens as the game stores them: scrypt, and SHA-256 of random tokens. */
import { createHash, randomBytes, scrypt, timingSafeEqual } from "node:crypto";

const COST = { N: 16_384, r: 8, p: 1 } as const;
const KEY_BYTES = 32;

/** `scrypt$N$r$p$salt$key`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16).toString("hex");
  const key = await derive(password, salt);
  return ["scrypt", COST.N, COST.r, COST.p, salt, key.toString("hex")].join("$");
}

/** A missing user costs the same time as a wrong password. */
export async function isPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [kind, n, r, p, salt = "nobody", hex = ""] = (stored ?? "").split("$");
  const key = await derive(password, salt);
  const known = Buffer.from(hex, "hex");
  const sameCost = kind === "scrypt" && [n, r, p].join() === Object.values(COST).join();
  return sameCost && known.length === key.length && timingSafeEqual(known, key);
}

export interface Token {
  readonly token: string;
  /** What the database keeps. */
  readonly hash: Buffer;
}

export function newToken(): Token {
  const token = randomBytes(32).toString("base64url");
  return { token, hash: hashToken(token) };
}

export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

function derive(password: string, salt: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, COST, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
