/** Sessions that are always closed, and that an abort cancels on the server as well. */
import type { Target } from "../environment/target.ts";
import { fail, ok, type Result } from "../problem.ts";
import type { Row, Session, SessionOptions } from "./session.ts";

/** Opens, uses and closes one session. An abort cancels what it runs. */
export async function withSession<T>(
  target: Target,
  options: SessionOptions & { readonly signal?: AbortSignal },
  use: (session: Session) => Promise<Result<T>>,
): Promise<Result<T>> {
  const { signal, ...sessionOptions } = options;
  if (aborted(signal)) return interrupted();
  const opened = await target.connect(sessionOptions);
  if (!opened.ok) return opened;
  const session = opened.value;
  const onAbort = () => {
    void session.cancel();
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const result = await use(session);
    return !result.ok && aborted(signal) ? interrupted() : result;
  } finally {
    signal?.removeEventListener("abort", onAbort);
    await session.close();
  }
}

/** A call, so that the compiler does not take an earlier answer for granted. */
function aborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** The only row a query gives; none is a Problem that names what was asked for. */
export async function oneRow(
  session: Session,
  sql: string,
  values: readonly (string | number | null)[] = [],
): Promise<Result<Row>> {
  const rows = await session.query(sql, values);
  if (!rows.ok) return rows;
  const [row] = rows.value;
  if (row !== undefined) return ok(row);
  return fail({
    code: "failed",
    message: "The server gave no answer to a question that always has one.",
    hint: `It was: ${sql.replace(/\s+/gu, " ").slice(0, 200)}`,
  });
}

/** Runs statements one after another; stops at the first failure. */
export async function runAll(
  session: Session,
  statements: readonly string[],
): Promise<Result<void>> {
  for (const statement of statements) {
    const done = await session.query(statement);
    if (!done.ok) return done;
  }
  return ok(undefined);
}

export function interrupted(): Result<never> {
  return fail({ code: "interrupted", message: "It was interrupted." });
}

export function textOf(row: Row, column: string): string {
  return row[column] ?? "";
}

export function numberOf(row: Row, column: string): number {
  return Number(row[column] ?? Number.NaN);
}

/** The server prints booleans as `t` and `f`, or as words after a cast to text. */
export function isTrue(row: Row, column: string): boolean {
  const text = row[column];
  return text === "t" || text === "true";
}
