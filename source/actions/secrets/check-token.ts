import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { z } from "zod";
import { display } from "../../postgres/display.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { httpGet } from "../http/get.ts";
import { judged, stopped } from "../outcome.ts";
import { readSecret } from "./secret-file.ts";
import { signToken } from "./token.ts";

const TIMEOUT_SECONDS = 10;
const LIFETIME_SECONDS = 60;

const inputs = z.strictObject({
  url: z.string().min(1).describe("Address that only a valid token opens."),
  file: z.string().min(1).describe("File with the key to sign with: a secret, or a PEM key."),
  expect: z
    .enum(["accepted", "refused"])
    .describe("`accepted`: a status from 200 to 299; `refused`: 401 or 403."),
  subject: z.string().default("restore-drill").describe("The token's subject (`sub`)."),
});

type Input = z.output<typeof inputs>;

export const secretsCheckTokenAction = defineAction({
  name: "secrets/check-token",
  about:
    "Signs a short-lived token (JWT) with a key, and sees that the app accepts it, or refuses it.",
  inputs,
  outputs: {},
  plan: ({ url, file }) => [`GET ${url}, with a token signed by the key in ${display(file)}`],
  run: check,
});

async function check(input: Input, context: ActionContext): Promise<ActionResult> {
  const secret = await readSecret(resolve(context.target.project, input.file));
  if (!secret.ok) return stopped(secret.problem);
  context.secret(secret.value);
  const issued = Math.floor(Date.now() / 1000);
  const signed = signToken(secret.value, {
    sub: input.subject,
    iat: issued,
    exp: issued + LIFETIME_SECONDS,
    jti: randomUUID(),
  });
  if (!signed.ok) return stopped(signed.problem);
  const token = signed.value;
  context.secret(token);
  await context.command(`GET ${input.url} (Authorization: Bearer ••••)`);
  const got = await httpGet(input.url, {
    timeoutSeconds: TIMEOUT_SECONDS,
    signal: context.signal,
    authorization: `Bearer ${token}`,
  });
  if (!got.ok) return stopped(got.problem);
  const { status } = got.value;
  const accepted = status >= 200 && status < 300;
  const refused = status === 401 || status === 403;
  const holds = input.expect === "accepted" ? accepted : refused;
  const checks = [
    judged("Token", holds, { expected: input.expect, observed: `answered with ${status}` }),
  ];
  if (holds) return { ok: true, checks };
  return stopped(
    {
      code: "failed",
      message: `A token signed with the key in ${display(input.file)} was answered with ${status}; it should have been ${input.expect}.`,
      hint: "See which key the app was started with, and that the address asks for a token at all.",
    },
    checks,
  );
}
