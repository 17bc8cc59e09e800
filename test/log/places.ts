import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { createSigner, type SignedEntry } from "../../source/log/signer.ts";
import { type Storage, storage } from "../../source/settings/storage.ts";
import { temporaryFolder } from "../helpers/folder.ts";
import { must } from "../helpers/results.ts";
import { at, SIGN_OFF, sampleState, TOOL } from "./sample.ts";

export const HAS_SSH_KEYGEN = spawnSync("ssh-keygen", ["-?"]).error === undefined;
if (!HAS_SSH_KEYGEN) {
  console.warn("ssh-keygen is missing (apt-get install openssh-client): signing is not tested.");
}

export async function places(): Promise<Storage> {
  return storage({ RESTORE_DRILL_HOME: await temporaryFolder() });
}

export async function sign(where: Storage, id: string): Promise<SignedEntry> {
  return must(
    await createSigner({ storage: where, tool: TOOL }).sign(sampleState(id), SIGN_OFF, at(100)),
  );
}

/** A log with an entry for each id. */
export async function signedLog(...ids: readonly string[]): Promise<Storage> {
  const where = await places();
  for (const id of ids) {
    await sign(where, id);
  }
  return where;
}

/** The log's lines, without their line ends. */
export async function linesOf(where: Storage): Promise<string[]> {
  return (await readFile(where.log, "utf8")).trimEnd().split("\n");
}

export async function writeLines(where: Storage, lines: readonly string[]): Promise<void> {
  await writeFile(where.log, lines.map((line) => `${line}\n`).join(""));
}
