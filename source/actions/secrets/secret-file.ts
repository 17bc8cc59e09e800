/** Files that hold a generated secret: 0600, never over another file, whole or not there. */
import { createHash } from "node:crypto";
import { link, open, readFile, rm } from "node:fs/promises";
import { display } from "../../postgres/display.ts";
import { errorCode, reasonOf } from "../../postgres/file-errors.ts";
import { fail, ok, type Problem, type Result } from "../../problem.ts";

export interface SecretFile {
  /** Absolute. */
  readonly file: string;
  /** Where it is written first; nobody else's, as its name is random. */
  readonly partial: string;
  /** SHA-256 of the content: a file that holds anything else is somebody else's. */
  readonly digest: string;
}

export function secretFile(file: string, content: string, random: string): SecretFile {
  return { file, partial: `${file}.${random}.partial`, digest: digestOf(content) };
}

/** Errors: it exists, or cannot be made; nothing is left then. */
export async function writeSecret(
  { file, partial }: SecretFile,
  content: string,
): Promise<Result<void>> {
  try {
    const handle = await open(partial, "wx", 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Unlike a rename, a link never takes the place of what is there.
    await link(partial, file);
    return ok(undefined);
  } catch (error) {
    const exists = errorCode(error) === "EEXIST";
    return fail({
      code: "refused",
      message: `The secret file ${display(file)} could not be made: ${exists ? "it exists already" : reasonOf(error)}.`,
      hint: "Choose a file that does not exist, in a directory that does.",
    });
  } finally {
    await rm(partial, { force: true });
  }
}

/** Facts of a ledger entry, as far as they are known. A file with other content stays. */
export async function removeSecret(
  facts: Readonly<Record<string, string>>,
): Promise<Problem | undefined> {
  const { file = "", partial, digest = "" } = facts;
  try {
    if (partial !== undefined) await rm(partial, { force: true });
    if (digestOf(await readFile(file, "utf8")) === digest) await rm(file);
    return undefined;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    return {
      code: "failed",
      message: `The secret file ${display(file)} could not be removed: ${reasonOf(error)}.`,
      hint: "Remove it by hand, then retry the cleanup.",
    };
  }
}

export async function readSecret(file: string): Promise<Result<string>> {
  try {
    return ok(await readFile(file, "utf8"));
  } catch (error) {
    return fail({
      code: "failed",
      message: `The secret file ${display(file)} cannot be read: ${reasonOf(error)}.`,
      hint: "Run the step that makes it again.",
    });
  }
}

export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
