/** Connection strings in which every name is data. */
import { type Connection, isSocket } from "./connection.ts";

/**
 * For `--dbname=` of pg_dump, psql and pg_restore: `dbname=... host=... port=... user=...`.
 * Holds no password. A bare name there would be read as a connection string when it holds a `=`.
 * Quoting: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
 */
export function conninfo(connection: Connection, database: string): string {
  const parts = {
    dbname: database,
    host: connection.host,
    port: String(connection.port),
    user: connection.user,
  };
  return Object.entries(parts)
    .filter(([name, value]) => name !== "host" || value !== "")
    .map(([name, value]) => `${name}=${quoted(value)}`)
    .join(" ");
}

/** Plain values stay readable in the commands that operators see. */
function quoted(value: string): string {
  return /^[\w.,:/@%+-]+$/.test(value) ? value : `'${value.replaceAll(/['\\]/g, "\\$&")}'`;
}

/** `postgresql://user:password@host:port/database`, percent-encoded. Holds the password. */
export function databaseUrl(connection: Connection, database: string): string {
  const { host, port, user, password } = connection;
  const who = [user, password].filter((part) => part !== undefined && part !== "");
  const login = who.map((part) => encodeStrictly(part ?? "")).join(":");
  // With a socket the authority is a stand-in that drivers want to see, and `host` overrides it.
  const place = isSocket(host) ? "localhost" : host.includes(":") ? `[${host}]` : host;
  const socket = isSocket(host) ? `?host=${encodeStrictly(host)}` : "";
  return `postgresql://${login}@${place}:${port}/${encodeStrictly(database)}${socket}`;
}

/** `encodeURIComponent` leaves `'()*!` alone, which shells and some parsers do not. */
function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
