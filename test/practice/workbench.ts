/** A practice server with a directory for dumps, and short ways to use both. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { plainRestore } from "../../source/practice/plain-restore.ts";
import type { PracticeServer } from "../../source/practice/server.ts";
import { wasmDump } from "../../source/practice/wasm-dump.ts";
import { startForTest, withClient } from "./practice-server.ts";

export interface Workbench {
  readonly server: PracticeServer;
  /** A path where nothing is yet. */
  newFile(): string;
  /** Empty; returns the name. */
  createDatabase(name: string): Promise<string>;
  dumpTo(file: string, database: string, snapshot?: string): Promise<void>;
  restore(file: string, database: string): ReturnType<typeof plainRestore>;
  close(): Promise<void>;
}

export const quiet = () => ({
  signal: new AbortController().signal,
  progress: vi.fn(),
  warning: vi.fn(),
});

export async function openWorkbench(): Promise<Workbench> {
  const server = await startForTest();
  const directory = mkdtempSync(join(tmpdir(), "practice-dump-"));
  let files = 0;
  return {
    server,
    newFile() {
      files += 1;
      return join(directory, `dump ${files}.sql`);
    },
    async createDatabase(name) {
      const quoted = `"${name.replaceAll('"', '""')}"`;
      await withClient(server, "ringrift", (client) =>
        client.query(`CREATE DATABASE ${quoted} TEMPLATE template0`),
      );
      return name;
    },
    async dumpTo(file, database, snapshot) {
      const request = { database, format: "plain", file } as const;
      const exact = snapshot === undefined ? request : { ...request, snapshot };
      const dumped = await wasmDump(server, exact, quiet());
      if (!dumped.ok) throw new Error(dumped.problem.message);
    },
    restore: (file, database) => plainRestore(server, { database, format: "plain", file }, quiet()),
    async close() {
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
