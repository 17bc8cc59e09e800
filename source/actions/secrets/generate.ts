import { randomUUID } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { display } from "../../postgres/display.ts";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import { processes } from "../../process/run.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { passed, stopped } from "../outcome.ts";
import { secretUndoer } from "../undo-secret.ts";
import { type MadeSecret, makeSecret, SECRET_KINDS } from "./make-secret.ts";
import { digestOf, secretFile, writeSecret } from "./secret-file.ts";

const inputs = z.strictObject({
  kind: z
    .enum(SECRET_KINDS)
    .describe(
      "`password` and `hmac`: 256 random bits; `ec` (P-256), `rsa` (3072 bits): a key pair as PEM.",
    ),
  file: z
    .string()
    .default("")
    .describe("New file for it, mode 0600; the public key of a pair goes to `FILE.pub` beside it."),
  command: z
    .string()
    .default("")
    .describe("Instead of a file: a bash command that gets it on standard input."),
  keep: z
    .boolean()
    .default(false)
    .describe("True: the file outlives the drill. Otherwise it is removed at the end."),
});

type Input = z.output<typeof inputs>;
type Owed = Parameters<ActionContext["register"]>[0];

export const secretsGenerateAction = defineAction({
  name: "secrets/generate",
  about:
    "Makes a password or a signing key, and hands it to a file or to a command; it is never shown, its fingerprint is.",
  inputs,
  outputs: { SECRET_FINGERPRINT: "Tells this secret from another one without revealing it" },
  plan: ({ kind, file, command }) => [
    command === "" ? `write a new ${kind} secret to ${display(file)} (mode 0600)` : command,
  ],
  run: generate,
});

async function generate(input: Input, context: ActionContext): Promise<ActionResult> {
  if ((input.file === "") === (input.command === "")) return stopped(eitherOr());
  const earlier = await undoEarlier(context);
  if (earlier !== undefined) return stopped(earlier);
  const made = makeSecret(input.kind);
  context.secret(made.secret);
  const handed = await (input.command === ""
    ? toFile(input, made, context)
    : toCommand(input.command, made, context));
  if (!handed.ok) return stopped(handed.problem);
  return {
    ok: true,
    values: { SECRET_FINGERPRINT: made.fingerprint },
    checks: [passed("Secret", `${input.kind}, ${made.fingerprint}, ${handed.value}`)],
  };
}

/** A retry makes a new secret in the place of the one this step made before. */
async function undoEarlier(context: ActionContext): Promise<Problem | undefined> {
  const mine = context.resources.filter(
    ({ kind, step, status }) => kind === "secret" && step === context.step && status === "owed",
  );
  for (const resource of mine) {
    const gone = await secretUndoer.undo(resource, context);
    if (!gone.ok) return gone.problem;
    await context.release(resource.id, "made anew");
  }
  return undefined;
}

async function toFile(
  input: Input,
  made: MadeSecret,
  context: ActionContext,
): Promise<Result<string>> {
  const file = resolve(context.target.project, input.file);
  const one = secretFile(file, made.secret, randomUUID());
  const pair = made.publicKey === undefined ? {} : publicFacts(file, made.publicKey);
  const owed: Owed = {
    id: `secret:${one.digest.slice(0, 16)}`,
    kind: "secret",
    label: `${input.kind} secret ${made.fingerprint} in ${display(file)}`,
    undo: { ...one, ...pair },
  };
  await context.register(owed);
  const written = await writeSecret(one, made.secret);
  const both =
    written.ok && made.publicKey !== undefined
      ? await writeSecret(secretFile(`${file}.pub`, made.publicKey, randomUUID()), made.publicKey)
      : written;
  if (!both.ok) {
    await undoAndRelease(owed, context);
    return both;
  }
  if (input.keep) await context.release(owed.id, "kept, as the checklist says");
  return ok(`in ${display(file)}`);
}

function publicFacts(file: string, publicKey: string) {
  return { publicFile: `${file}.pub`, publicDigest: digestOf(publicKey) };
}

/** By way of a private file, so that a crash leaves nothing that is not owed. */
async function toCommand(
  command: string,
  made: MadeSecret,
  context: ActionContext,
): Promise<Result<string>> {
  const directory = await mkdtemp(join(tmpdir(), "restore-drill-secret-"));
  const one = secretFile(join(directory, "secret"), made.secret, randomUUID());
  const owed: Owed = {
    id: `secret:${one.digest.slice(0, 16)}`,
    kind: "secret",
    label: `a secret on its way to a command, in ${display(one.file)}`,
    undo: { ...one, directory },
  };
  await context.register(owed);
  await context.command(command);
  const written = await writeSecret(one, made.secret);
  const ran = written.ok ? await run(command, one.file, context) : written;
  await undoAndRelease(owed, context);
  return ran.ok ? ok("handed to the command") : ran;
}

async function run(command: string, stdin: string, context: ActionContext): Promise<Result<void>> {
  const ran = await processes.run({
    command: ["bash", "-euo", "pipefail", "-c", command],
    cwd: context.target.project,
    stdin,
    signal: context.signal,
    leashed: true,
    onLine: (stream, text) => context.line(stream, text),
  });
  if (!ran.ok) return ran;
  if (ran.value.exit === 0) return ok(undefined);
  return fail({
    code: "failed",
    message: `The command that takes the secret ended with exit code ${ran.value.exit ?? "none"}.`,
    hint: "What it has stored by then is not known: look, then run the step again for a new secret.",
  });
}

async function undoAndRelease(owed: Owed, context: ActionContext): Promise<void> {
  const gone = await secretUndoer.undo({ ...owed, step: context.step, status: "owed" }, context);
  if (gone.ok) await context.release(owed.id, "handed over or never made");
}

function eitherOr(): Problem {
  return {
    code: "invalid",
    message: "A secret goes to a `file` or to a `command`, and to exactly one of them.",
    hint: "Name one of them under `with:`.",
  };
}
