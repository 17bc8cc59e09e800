/** One connection to one database, over `pg`. */
import type { Result } from "../problem.ts";

export interface SessionOptions {
  readonly database: string;
  /** `primary` sessions are `default_transaction_read_only=on`, always. */
  readonly role: "primary" | "restore" | "maintenance";
  /** Shown in pg_stat_activity after `restore-drill `. */
  readonly purpose: string;
  /** No statement or idle time-outs, for the snapshot holder. */
  readonly patient?: boolean;
}

export type Row = Readonly<Record<string, string | null>>;

/** Values come back as text, exactly as the server prints them. */
export interface Session {
  readonly processId: number;
  query(sql: string, values?: readonly (string | number | null)[]): Promise<Result<readonly Row[]>>;
  /** Asks the server to cancel what this session runs (pg_cancel_backend from another one). */
  cancel(): Promise<void>;
  /** Closes; safe to call twice. */
  close(): Promise<void>;
  /** Resolves when the connection is gone for any reason. */
  readonly closed: Promise<void>;
}
