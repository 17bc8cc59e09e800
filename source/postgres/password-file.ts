/** Passwords the way libpq finds them when none is configured. */
import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { type Connection, isSocket } from "./connection.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** The connection with the password of PGPASSWORD, or of the password file, if it has none. */
export async function withFoundPassword(
  connection: Connection,
  database: string,
  env: Env,
): Promise<Connection> {
  if (connection.password !== undefined) return connection;
  const password = env.PGPASSWORD || (await fromPasswordFile(connection, database, env));
  return password === undefined ? connection : { ...connection, password };
}

/**
 * Of one database: a line that is for another one does not count. A file that others may read is
 * left alone. https://www.postgresql.org/docs/current/libpq-pgpass.html
 */
async function fromPasswordFile(
  connection: Connection,
  database: string,
  env: Env,
): Promise<string | undefined> {
  const file = env.PGPASSFILE || join(env.HOME || homedir(), ".pgpass");
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true || (found.mode & 0o077) !== 0) return undefined;
  const text = await readFile(file, "utf8").catch(() => "");
  // libpq looks a default socket up as localhost, and any other by its directory.
  const hosts = isSocket(connection.host) ? [connection.host, "localhost"] : [connection.host];
  const wanted = [hosts, [String(connection.port)], [database], [connection.user]];
  for (const line of text.split(/\r?\n/)) {
    const fields = fieldsOf(line);
    const fits = wanted.every((values, at) => ["*", ...values].includes(fields[at] ?? ""));
    if (fits && !line.startsWith("#") && fields[4] !== undefined) return fields[4];
  }
  return undefined;
}

/** Five fields between colons; `\:` and `\\` stand for themselves. */
function fieldsOf(line: string): readonly string[] {
  const fields = line.match(/(?:\\.|[^:\\])*(?::|$)/g) ?? [];
  return fields.map((field) => field.replace(/:$/, "").replace(/\\(.)/g, "$1"));
}
