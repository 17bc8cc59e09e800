/** Backups of the fake Cloud SQL: base backups of its source. */
import { rmSync } from "node:fs";
import { baseBackup15, type Postgres15 } from "../helpers/postgres15.ts";
import type { Answer, Call } from "./fake-sql-admin.ts";

interface Backup {
  readonly id: string;
  readonly description: string;
  readonly startTime: string;
  readonly endTime: string;
  readonly status: string;
  readonly home: string;
}

export function fakeBackups(source: Postgres15, staysAt: () => string | undefined) {
  const all = new Map<string, Backup>();
  return {
    all,
    take(description: string): void {
      const id = String(1_700_000_000_000 + all.size);
      const startTime = new Date().toISOString();
      const home = baseBackup15(source);
      const endTime = new Date().toISOString();
      all.set(id, { id, description, startTime, endTime, status: staysAt() ?? "SUCCESSFUL", home });
    },
    list({ name }: Call): Answer {
      const items = [...all.values()].map(({ home: _home, ...run }) => ({
        ...{ kind: "sql#backupRun", type: "ON_DEMAND", instance: name },
        ...run,
      }));
      return { body: { kind: "sql#backupRunsList", items } };
    },
    remove({ run }: Call): void {
      rmSync(all.get(run)?.home ?? "/nonexistent", { recursive: true, force: true });
      all.delete(run);
    },
    close(): void {
      for (const { home } of all.values()) rmSync(home, { recursive: true, force: true });
    },
  };
}
