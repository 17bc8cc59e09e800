/** Register, log in, ask for a new password. */
import { randomUUID } from "node:crypto";
import { DatabaseError } from "pg";
import { z } from "zod";
import type { Database } from "./database.ts";
import { hashPassword, hashToken, isPassword, newToken } from "./passwords.ts";
import { type Reply, refusal, reply } from "./reply.ts";

const email = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "is no e-mail address");
const password = z.string().min(8, "needs 8 characters or more").max(200);

export const registration = z.strictObject({
  email,
  username: z
    .string()
    .trim()
    .regex(/^[\p{L}\p{N}_-]{3,30}$/u, "needs 3 to 30 letters, digits, _ or -"),
  password,
});
export const credentials = z.strictObject({ email, password: z.string().max(200) });
export const forgotten = z.strictObject({ email });

export interface User {
  readonly id: string;
  readonly username: string;
}

const UNIQUE_VIOLATION = "23505";

export async function register(
  database: Database,
  input: z.infer<typeof registration>,
): Promise<Reply> {
  const user = { id: randomUUID(), username: input.username };
  const hash = await hashPassword(input.password);
  try {
    await database.query(
      `INSERT INTO users (id, email, username, "passwordHash") VALUES ($1, $2, $3, $4)`,
      [user.id, input.email, user.username, hash],
    );
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== UNIQUE_VIOLATION) throw error;
    return refusal(409, "taken", "That e-mail address or user name is taken.");
  }
  return reply(201, { user, token: await openSession(database, user.id) });
}

export async function login(
  database: Database,
  input: z.infer<typeof credentials>,
): Promise<Reply> {
  const [found] = await database.query<User & { passwordHash: string }>(
    `SELECT id, username, "passwordHash" FROM users WHERE email = $1 AND "deletedAt" IS NULL`,
    [input.email],
  );
  const right = await isPassword(input.password, found?.passwordHash);
  if (!right || found === undefined) {
    return refusal(401, "not-authenticated", "E-mail address or password is wrong.");
  }
  const user = { id: found.id, username: found.username };
  return reply(200, { user, token: await openSession(database, user.id) });
}

/** The answer is the same for addresses nobody has. No mail is sent from a practice game. */
export async function forgotPassword(
  database: Database,
  input: z.infer<typeof forgotten>,
): Promise<Reply> {
  await database.query(
    `INSERT INTO password_resets ("tokenHash", "userId", "expiresAt")
     SELECT $2, id, now() AT TIME ZONE 'UTC' + INTERVAL '1 hour'
       FROM users WHERE email = $1 AND "deletedAt" IS NULL`,
    [input.email, newToken().hash],
  );
  return reply(202, { message: "If that address has an account, a reset link is on its way." });
}

export async function authenticate(
  database: Database,
  authorization: string | undefined,
): Promise<User | undefined> {
  const token = /^Bearer ([\w-]{43})$/.exec(authorization ?? "")?.[1];
  if (token === undefined) return undefined;
  const [user] = await database.query<User>(
    `SELECT u.id, u.username FROM sessions s JOIN users u ON u.id = s."userId"
      WHERE s."tokenHash" = $1 AND s."expiresAt" > now() AT TIME ZONE 'UTC' AND u."deletedAt" IS NULL`,
    [hashToken(token)],
  );
  return user;
}

async function openSession(database: Database, userId: string): Promise<string> {
  const { token, hash } = newToken();
  await database.query(
    `INSERT INTO sessions ("tokenHash", "userId", "expiresAt")
     VALUES ($1, $2, now() AT TIME ZONE 'UTC' + INTERVAL '1 hour')`,
    [hash, userId],
  );
  return token;
}
