/**
 * psql without a psql: restores a plain SQL dump over one connection, in one transaction, stopping
 * at the first error. For dumps made with INSERTs, which the built-in pg_dump writes.
 */
import type { RestoreRequest, ToolOutcome } from "../environment/target.ts";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { readSql, type SqlFile } from "./dump-file.ts";
import type { Login } from "./login.ts";
import { openRestoreConnection, type RestoreConnection } from "./restore-connection.ts";
import { newlines, type SqlPiece, SqlSplitter } from "./sql-splitter.ts";

export interface PlainRestoreIo {
  readonly signal: AbortSignal;
  /** Warnings of the server. */
  warning(text: string): void;
  progress(bytes: number, total: number): void;
}

/** As the journal shows it. */
export function describePlainRestore(request: RestoreRequest): string {
  return `restore-drill: run ${JSON.stringify(request.file)} in database ${JSON.stringify(request.database)}, in one transaction, stopping at the first error`;
}

export async function plainRestore(
  login: Login,
  request: RestoreRequest,
  io: PlainRestoreIo,
): Promise<Result<ToolOutcome>> {
  const started = performance.now();
  const warnings: string[] = [];
  const file = await readSql(request.file);
  if (!file.ok) return file;
  const connection = await openRestoreConnection(login, request.database, (text) => {
    warnings.push(text);
    io.warning(text);
  });
  if (!connection.ok) return connection;
  const abort = (): void => void connection.value.cancel();
  io.signal.addEventListener("abort", abort, { once: true });
  try {
    const done = await restoreAll(file.value, connection.value, io);
    if (io.signal.aborted) return cancelled(request);
    if (!done.ok) return done;
  } finally {
    io.signal.removeEventListener("abort", abort);
    await connection.value.close();
  }
  return ok({
    tool: "restore-drill plain restore (node-postgres)",
    exit: 0,
    stderr: warnings,
    seconds: (performance.now() - started) / 1_000,
  });
}

async function restoreAll(
  file: SqlFile,
  connection: RestoreConnection,
  io: PlainRestoreIo,
): Promise<Result<void>> {
  const splitter = new SqlSplitter();
  const reader = new PieceReader(file.path, connection, io.signal);
  const begun = await connection.run("BEGIN");
  if (!begun.ok) return fail(serverProblem(file.path, 0, begun.message));
  for await (const chunk of file.chunks()) {
    if (!chunk.ok) return chunk;
    const problem = await reader.takeAll(splitter.push(chunk.value.text));
    if (problem !== undefined) return fail(problem);
    io.progress(chunk.value.read, file.bytes);
  }
  const problem = await reader.takeAll(splitter.end());
  if (problem !== undefined) return fail(problem);
  if (io.signal.aborted) return ok(undefined);
  const committed = await connection.run("COMMIT");
  return committed.ok ? ok(undefined) : fail(serverProblem(file.path, 0, committed.message));
}

const COPY_DATA = /^COPY\s[\s\S]*\sFROM\s+STDIN\b/i;
const TRANSACTION = /^(?:BEGIN|START\s+TRANSACTION|COMMIT|END|ROLLBACK|ABORT)\b/i;
const ENCODING = /^SET\s+client_encoding\s*(?:=|TO)\s*'?([\w-]+)/i;
const NOT_STANDARD_STRINGS =
  /^SET\s+standard_conforming_strings\s*(?:=|TO)\s*'?(?:off|false|no|0)/i;

/** Refuses what it could only do wrongly, and runs the rest. */
class PieceReader {
  readonly #path: string;
  readonly #connection: RestoreConnection;
  readonly #signal: AbortSignal;
  #restricted: string | undefined;

  constructor(path: string, connection: RestoreConnection, signal: AbortSignal) {
    this.#path = path;
    this.#connection = connection;
    this.#signal = signal;
  }

  /** Stops quietly once aborted: the caller looks at the signal before it commits. */
  async takeAll(pieces: readonly SqlPiece[]): Promise<Problem | undefined> {
    for (const piece of pieces) {
      if (this.#signal.aborted) return undefined;
      const problem = await this.#take(piece);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  async #take(piece: SqlPiece): Promise<Problem | undefined> {
    if (piece.kind === "unfinished") {
      return this.#refuse(
        piece.line,
        "a statement starts that never ends",
        "The file is cut off or damaged: take a new backup.",
      );
    }
    if (piece.kind === "meta-command") return this.#metaCommand(piece);
    const refusal = this.#cannotRun(piece);
    if (refusal !== undefined) return refusal;
    const done = await this.#connection.run(piece.text);
    if (done.ok) return undefined;
    const offset = done.position === undefined ? 0 : newlines(piece.text, 0, done.position - 1);
    return serverProblem(this.#path, piece.line + offset, done.message);
  }

  #metaCommand(piece: SqlPiece): Problem | undefined {
    const [command, key] = piece.text.trim().split(/\s+/);
    if (command === "\\restrict" && key !== undefined && this.#restricted === undefined) {
      this.#restricted = key;
      return undefined;
    }
    if (command === "\\unrestrict" && key === this.#restricted && key !== undefined) {
      this.#restricted = undefined;
      return undefined;
    }
    return this.#refuse(
      piece.line,
      "there is a psql command that no dump of one database needs",
      "Look at that line: the file is damaged, was tampered with, or was made with --create. Restore it with psql if it is right.",
    );
  }

  #cannotRun({ text, line }: SqlPiece): Problem | undefined {
    if (COPY_DATA.test(text)) {
      return this.#refuse(
        line,
        "the rows come as COPY data, which the built-in restore does not read",
        "Install psql of the server's version, or drill a backup made with --inserts.",
      );
    }
    if (TRANSACTION.test(text)) {
      return this.#refuse(
        line,
        "the file controls transactions itself",
        "The built-in restore runs a file in one transaction; use psql for this one.",
      );
    }
    const encoding = ENCODING.exec(text)?.[1]?.toUpperCase().replace("-", "");
    if (encoding !== undefined && encoding !== "UTF8" && encoding !== "UNICODE") {
      return this.#refuse(
        line,
        `the file is in encoding ${encoding}`,
        "Make the dump with --encoding=UTF8, or use psql.",
      );
    }
    if (NOT_STANDARD_STRINGS.test(text)) {
      return this.#refuse(
        line,
        "standard_conforming_strings is turned off",
        "Turn it on for the primary, or use psql.",
      );
    }
    return undefined;
  }

  #refuse(line: number, what: string, hint: string): Problem {
    return {
      code: "failed",
      message: `The restore stopped at line ${line} of ${JSON.stringify(this.#path)}: ${what}. Nothing was kept.`,
      hint,
      where: `${this.#path}:${line}`,
    };
  }
}

function serverProblem(path: string, line: number, message: string): Problem {
  const place = line === 0 ? "" : ` at line ${line}`;
  return {
    code: "failed",
    message: `The restore of ${JSON.stringify(path)} stopped${place}: ${message}. Nothing was kept.`,
    hint: "The database is as empty as before. Put right what the server says, or take a new backup.",
    where: line === 0 ? path : `${path}:${line}`,
  };
}

function cancelled<T>(request: RestoreRequest): Result<T> {
  return fail({
    code: "interrupted",
    message: `The restore into ${JSON.stringify(request.database)} was cancelled; nothing was kept.`,
    hint: "Retry when you like: the database is as empty as before.",
  });
}
