/** Which connections are tried with TLS, as libpq's `sslmode` has it. */

import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import { type Connection, isLoopback, isSocket } from "./connection.ts";

type Attempt = false | ConnectionOptions;

/**
 * In order. Without PGSSLMODE it is `prefer` (TLS if the server has it, nothing verified), except
 * that this very host is spoken to in the clear first: encryption there only costs time.
 */
export function tlsAttempts(
  connection: Connection,
  env: Readonly<Record<string, string | undefined>> = process.env,
): readonly Attempt[] {
  if (isSocket(connection.host)) return [false];
  const lenient: Attempt = { rejectUnauthorized: false };
  switch (env.PGSSLMODE) {
    case "disable":
      return [false];
    case "allow":
      return [false, lenient];
    case "require":
      return [lenient];
    case "verify-ca":
      return [{ ...authority(env), checkServerIdentity: () => undefined }];
    case "verify-full":
      return [authority(env)];
    default:
      return isLoopback(connection.host) ? [false, lenient] : [lenient, false];
  }
}

function authority(env: Readonly<Record<string, string | undefined>>): ConnectionOptions {
  const file = env.PGSSLROOTCERT;
  if (file === undefined || file === "" || file === "system") return { rejectUnauthorized: true };
  try {
    return { rejectUnauthorized: true, ca: readFileSync(file, "utf8") };
  } catch {
    // Without the named authority nothing may be trusted in its place.
    return { rejectUnauthorized: true, ca: "" };
  }
}

/** True when the other way (with or without TLS) may still work. */
export function tlsRefused(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.message.includes("does not support SSL")) return true;
  // 28000 is "no pg_hba.conf entry for host ..., no encryption".
  return "code" in error && error.code === "28000" && error.message.includes("pg_hba.conf");
}
