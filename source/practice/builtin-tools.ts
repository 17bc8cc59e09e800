/** The dump and restore half of a target, with nothing from the host. */
import type { BackupFormat, Target } from "../environment/target.ts";
import { fail, ok, type Problem } from "../problem.ts";
import type { Login } from "./login.ts";
import { describePlainRestore, plainRestore } from "./plain-restore.ts";
import { describeWasmDump, wasmDump } from "./wasm-dump.ts";

export type DumpAndRestore = Pick<
  Target,
  "formats" | "describeDump" | "dump" | "describeRestore" | "restore"
>;

type Formats = Readonly<Record<BackupFormat, true | string>>;

const ONLY_PLAIN =
  "needs pg_dump and pg_restore 18 on this host; install postgresql-client-18, or use the format plain";

/** `host` says what the host's own tools can do, and why not. Nothing restores into `primary`. */
export function dumpAndRestore(login: Login, primary: string, host: Formats): DumpAndRestore {
  const reason = (format: BackupFormat): string =>
    host[format] === true ? ONLY_PLAIN : `${ONLY_PLAIN} (${host[format]})`;
  return {
    formats: () =>
      Promise.resolve(
        ok({ plain: true, custom: reason("custom"), directory: reason("directory") } as const),
      ),
    describeDump: describeWasmDump,
    dump: (request, io) =>
      wasmDump(login, request, {
        signal: io.signal,
        progress: (bytes) => io.progress("received", bytes, undefined, "bytes"),
      }),
    describeRestore: describePlainRestore,
    restore: async (request, io) => {
      if (request.database === primary) return fail(intoPrimary(primary));
      if (request.format !== "plain") return fail(notPlain(request.format));
      return plainRestore(login, request, {
        signal: io.signal,
        warning: (text) => io.line("stderr", text),
        progress: (bytes, total) => io.progress("restored", bytes, total, "bytes"),
      });
    },
  };
}

function intoPrimary(primary: string): Problem {
  return {
    code: "refused",
    message: `A backup is never restored into the primary ${JSON.stringify(primary)}.`,
    hint: "Choose another restore database.",
  };
}

function notPlain(format: BackupFormat): Problem {
  return {
    code: "unusable",
    message: `The built-in restore reads plain SQL only, not the ${format} format.`,
    hint: "Install PostgreSQL's client tools of the server's version or later.",
  };
}
