/** Why a server cannot be used, for an operator. */
import { DatabaseError } from "pg";
import type { Problem } from "../problem.ts";
import { addressOf, type Connection } from "./connection.ts";
import { showName } from "./identifiers.ts";

/** In `details.sqlstate` where the server does not offer TLS. */
export const NO_TLS = "no-tls";

export interface Attempted {
  readonly connection: Connection;
  readonly database: string;
}

export function connectionProblem(error: unknown, attempted: Attempted): Problem {
  const code = codeOf(error);
  const said = error instanceof Error ? error.message : String(error);
  const known = error instanceof DatabaseError ? serverSaid : networkSaid;
  const key = known[code] === undefined ? keyOfMessage(said) : code;
  const entry = known[key];
  const told = entry?.(attempted) ?? {
    happened: `cannot be used: ${said === "" ? code : said}`,
    hint: "Check host, port, user and database of the environment.",
  };
  return {
    code: "unusable",
    message: `PostgreSQL at ${addressOf(attempted.connection)} ${told.happened}.`,
    hint: told.hint,
    details: { sqlstate: code === "" ? key : code },
  };
}

interface Told {
  readonly happened: string;
  readonly hint: string;
}
type Teller = (attempted: Attempted) => Told;

function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function keyOfMessage(message: string): string {
  if (message.includes("timeout expired")) return "ETIMEDOUT";
  if (message.includes("does not support SSL")) return NO_TLS;
  if (message.includes("password must be a")) return "28P01";
  if (message.includes("terminated unexpectedly")) return "ECONNRESET";
  return "";
}

const wrongPassword: Teller = ({ connection }) =>
  connection.password === undefined || connection.password === ""
    ? {
        happened: `wants a password for user ${showName(connection.user)}, and none is configured`,
        hint: "Set `password: ${DB_PASSWORD}` in the environment, and that variable in the shell.",
      }
    : {
        happened: `refused the password of user ${showName(connection.user)}`,
        hint: "Check the variable that the environment's `password` refers to.",
      };

const untrusted: Teller = () => ({
  happened: "shows a TLS certificate that cannot be verified",
  hint: "Name the certificate authority in PGSSLROOTCERT, or set PGSSLMODE to what your policy allows.",
});

const networkSaid: Readonly<Record<string, Teller>> = {
  ECONNREFUSED: () => ({
    happened: "refuses connections: nothing listens there",
    hint: "Start the server, or correct host and port of the environment.",
  }),
  ENOENT: ({ connection }) => ({
    happened: `is not there: no socket for port ${connection.port} in that directory`,
    hint: "Start the server, or correct the socket directory and the port.",
  }),
  EACCES: () => ({
    happened: "cannot be reached: this user may not open its socket",
    hint: "Check the permissions of the socket directory.",
  }),
  ENOTFOUND: ({ connection }) => ({
    happened: `cannot be found: the host name ${showName(connection.host)} is not known`,
    hint: "Correct the host of the environment, or the name service.",
  }),
  EAI_AGAIN: () => ({
    happened: "cannot be found: the name service does not answer",
    hint: "Check the network, then try again.",
  }),
  ETIMEDOUT: () => ({
    happened: "does not answer within 10 seconds",
    hint: "Check host and port, and whether a firewall is in between.",
  }),
  EHOSTUNREACH: () => ({
    happened: "cannot be reached: there is no route to the host",
    hint: "Check the network or the VPN.",
  }),
  ENETUNREACH: () => ({
    happened: "cannot be reached: there is no route to its network",
    hint: "Check the network or the VPN.",
  }),
  ECONNRESET: () => ({
    happened: "closed the connection before it was usable",
    hint: "Check that this port is PostgreSQL's, and look at the server's log.",
  }),
  "28P01": wrongPassword,
  [NO_TLS]: () => ({
    happened: "does not offer TLS, and PGSSLMODE demands it",
    hint: "Enable TLS on the server, or set PGSSLMODE to what your policy allows.",
  }),
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  ERR_TLS_CERT_ALTNAME_INVALID: untrusted,
  CERT_HAS_EXPIRED: untrusted,
};

const serverSaid: Readonly<Record<string, Teller>> = {
  "28P01": wrongPassword,
  "28000": ({ connection, database }) => ({
    happened: `does not let user ${showName(connection.user)} into database ${showName(database)} from here`,
    hint: "Check that the role exists and may log in, and the server's pg_hba.conf.",
  }),
  "3D000": ({ database }) => ({
    happened: `has no database ${showName(database)}`,
    hint: "Correct the database of the environment.",
  }),
  "42501": ({ connection, database }) => ({
    happened: `does not let user ${showName(connection.user)} connect to database ${showName(database)}`,
    hint: "Grant CONNECT on the database to that user.",
  }),
  "53300": () => ({
    happened: "has no connection left",
    hint: "Close idle connections, or raise max_connections; the drill needs about six.",
  }),
  "55000": ({ database }) => ({
    happened: `does not accept connections to database ${showName(database)}`,
    hint: "Its datallowconn is off: choose another database, or allow connections.",
  }),
  "57P03": () => ({
    happened: "is starting up, shutting down or recovering, and takes no connections yet",
    hint: "Wait until it is ready, then try again.",
  }),
};
