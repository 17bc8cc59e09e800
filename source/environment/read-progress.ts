/** How far a program has read a file: Linux tells the position of every open file. */
import { readdir, readFile, readlink, stat } from "node:fs/promises";

/** Bytes, or undefined when it does not hold the file open or this is no Linux. */
export async function readPosition(pid: number, file: string): Promise<number | undefined> {
  const directory = `/proc/${pid}/fd`;
  for (const descriptor of await readdir(directory).catch(() => [])) {
    const target = await readlink(`${directory}/${descriptor}`).catch(() => undefined);
    if (target !== file) continue;
    const info = await readFile(`/proc/${pid}/fdinfo/${descriptor}`, "utf8").catch(() => "");
    const position = /^pos:\s*(\d+)/m.exec(info)?.[1];
    return position === undefined ? undefined : Number(position);
  }
  return undefined;
}

/** Size of a file; undefined for a directory or when it is not there. */
export async function fileSize(file: string): Promise<number | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() === true ? found.size : undefined;
}
