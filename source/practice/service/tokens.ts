/** Tokens that other services sign with the shared key JWT_SECRET (RFC 7519, HS256 only). */
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { type Reply, refusal, reply } from "./reply.ts";

const header = z.object({ alg: z.literal("HS256") });
const claims = z.object({ sub: z.string(), exp: z.number() });

/** Says whose the token is. Nobody is let in while no key is set. */
export function tokenSubject(authorization: string | undefined, key: string): Reply {
  const subject = key === "" ? undefined : verified(authorization, key);
  return subject === undefined
    ? refusal(401, "not-authenticated", "The token is none, or not signed with the key in use.")
    : reply(200, { subject });
}

function verified(authorization: string | undefined, key: string): string | undefined {
  const [, head, body, signature] =
    /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(authorization ?? "") ?? [];
  if (head === undefined || body === undefined || signature === undefined) return undefined;
  const right = createHmac("sha256", key).update(`${head}.${body}`).digest();
  const given = Buffer.from(signature, "base64url");
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  if (!header.safeParse(json(head)).success) return undefined;
  const read = claims.safeParse(json(body));
  return read.success && read.data.exp * 1000 > Date.now() ? read.data.sub : undefined;
}

function json(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString());
  } catch {
    return undefined;
  }
}
