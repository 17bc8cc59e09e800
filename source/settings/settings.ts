/** What an operator set or chose last, kept between drills. Never anything secret. */
import { existsSync } from "node:fs";
import { basename, dirname, extname } from "node:path";
import { z } from "zod";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { loadConf } from "./load-conf.ts";

const settingsSchema = z.strictObject({
  /** Who runs drills here; default the OS user. */
  operator: z.string().min(1).optional(),
  approver: z.string().min(1).optional(),
  /** Environment to offer first, before what `restore-drill.yaml` says. */
  environment: z.string().min(1).optional(),
  /** Private key (or public half of one in ssh-agent) that signs; default a generated one. */
  signingKey: z.string().min(1).optional(),
  /** What was chosen last. */
  recent: z
    .strictObject({
      checklist: z.string().optional(),
      environment: z.string().optional(),
    })
    .optional(),
});

export type Settings = z.infer<typeof settingsSchema>;

/** A missing file is no settings; anything but valid settings is a Problem that names the file. */
export async function readSettings(file: string): Promise<Result<Settings>> {
  // Most runs have no settings: spare them the loading of the store.
  if (!existsSync(file)) {
    return ok({});
  }
  try {
    const store = await openStore(file);
    return checked(file, { ...store.store });
  } catch (error) {
    return fail(unreadable(file, error));
  }
}

/** Replaces the keys given and keeps the rest; `undefined` removes a key. */
export async function changeSettings(
  file: string,
  change: { readonly [Key in keyof Settings]?: Settings[Key] | undefined },
): Promise<Result<Settings>> {
  const before = await readSettings(file);
  if (!before.ok) {
    return before;
  }
  const merged = Object.entries({ ...before.value, ...change });
  const after = checked(
    file,
    Object.fromEntries(merged.filter(([, value]) => value !== undefined)),
  );
  if (!after.ok) {
    return after;
  }
  try {
    const store = await openStore(file);
    store.store = after.value;
    return after;
  } catch (error) {
    return fail(unreadable(file, error));
  }
}

async function openStore(file: string) {
  const Conf = await loadConf();
  const extension = extname(file);
  return new Conf<Settings>({
    cwd: dirname(file),
    configName: basename(file, extension),
    fileExtension: extension.slice(1),
    configFileMode: 0o600,
    clearInvalidConfig: false,
    accessPropertiesByDotNotation: false,
    deserialize: parsedSettings,
  });
}

/** The store takes whatever is no object for empty, and would write over it. */
function parsedSettings(text: string): Settings {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error("it does not hold an object");
  }
  return value;
}

function checked(file: string, value: unknown): Result<Settings> {
  const parsed = settingsSchema.safeParse(value);
  if (parsed.success) {
    return ok(parsed.data);
  }
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") || "it";
  return fail({
    code: "invalid",
    message: `The settings file ${file} holds what is no setting: ${where}: ${issue?.message}.`,
    hint: "Mend it, or remove it to begin with no settings.",
    where: file,
  });
}

function unreadable(file: string, error: unknown): Problem {
  const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  return {
    code: "invalid",
    message: `The settings file ${file} cannot be used: ${reason}.`,
    hint: "Mend it, or remove it to begin with no settings.",
    where: file,
  };
}
