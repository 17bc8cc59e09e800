/**
 * Digests a backup while it is written: what is digested is what the dump wrote, not what somebody
 * made of it afterwards, and the reading costs no time of its own.
 */
import { createHash } from "node:crypto";
import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { BackupFormat } from "../environment/target.ts";
import { CHUNK_BYTES, rememberWritten } from "./backup-digest.ts";

export interface Follower {
  /** Once the dump has ended: reads the rest, so that the digests are known to `digestBackup`. */
  finish(): Promise<void>;
  stop(): Promise<void>;
}

const LOOK_MS = 100;

/** Smaller ones are read in no time; each that is followed is kept open. */
const LARGE_BYTES = 16 * 1024 * 1024;
const MOST_FOLLOWED = 64;

/** A file that cannot be followed is left to `digestBackup`. */
export function followBackup(file: string, format: BackupFormat): Follower {
  if (format === "custom") return { finish: async () => {}, stop: async () => {} };
  const followed = new Map<string, Followed>();
  const ended = new AbortController();
  const following = keepUp();

  async function keepUp(): Promise<void> {
    while (!ended.signal.aborted) {
      await look();
      await setTimeout(LOOK_MS, undefined, { signal: ended.signal }).catch(() => {});
    }
  }

  async function look(): Promise<void> {
    for (const path of await largeFiles(file)) {
      const known = followed.get(path);
      if (known === undefined && followed.size >= MOST_FOLLOWED) continue;
      const one = known ?? (await follow(path));
      if (one === undefined) continue;
      followed.set(path, one);
      await one.catchUp();
    }
  }

  async function stop(): Promise<void> {
    ended.abort();
    await following;
    await Promise.all([...followed.values()].map((one) => one.close()));
    followed.clear();
  }

  return {
    async finish() {
      ended.abort();
      await following;
      await look();
      for (const one of followed.values()) await one.remember();
      await stop();
    },
    stop,
  };
}

interface Followed {
  /** Reads what was added. */
  catchUp(): Promise<void>;
  remember(): Promise<void>;
  close(): Promise<void>;
}

async function follow(path: string): Promise<Followed | undefined> {
  const handle = await open(path, "r").catch(() => undefined);
  return handle === undefined ? undefined : reader(handle);
}

function reader(handle: FileHandle): Followed {
  const hash = createHash("sha256");
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let bytes = 0;
  let broken = false;
  return {
    async catchUp() {
      try {
        while (!broken) {
          const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, bytes);
          if (bytesRead === 0) return;
          hash.update(chunk.subarray(0, bytesRead));
          bytes += bytesRead;
        }
      } catch {
        broken = true;
      }
    },
    async remember() {
      if (!broken) await rememberWritten(handle, { bytes, sha256: hash.digest("hex") });
    },
    close: () => handle.close(),
  };
}

/** pg_dump goes back in a custom file and in a directory's table of contents, which is small. */
async function largeFiles(file: string): Promise<readonly string[]> {
  try {
    if (!(await stat(file)).isDirectory()) return [file];
    const paths = (await readdir(file)).map((name) => join(file, name));
    const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
    return paths.filter((_, at) => (sizes[at] ?? 0) >= LARGE_BYTES);
  } catch {
    return [];
  }
}
