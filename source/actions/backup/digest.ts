/** Digests a backup and shows how far it got: a large one takes a while. */
import { digestBackup } from "../../postgres/backup-digest.ts";
import { bytesOnDisk } from "../../postgres/backup-files.ts";
import type { ManifestFile } from "../../postgres/manifest.ts";
import type { Result } from "../../problem.ts";
import type { ActionContext } from "../action.ts";

export async function digestShown(
  { signal, progress }: Pick<ActionContext, "signal" | "progress">,
  file: string,
): Promise<Result<readonly ManifestFile[]>> {
  const total = await bytesOnDisk(file);
  let done = 0;
  return digestBackup(file, {
    signal,
    onBytes(bytes) {
      done += bytes;
      progress("Reading the backup for its digest", done, total, "bytes");
    },
  });
}
