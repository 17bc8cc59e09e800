/** Where a server is and how it is spoken to. */

export interface Connection {
  /** A host name, an address, or the absolute path of a socket directory; "": where libpq looks. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
}

export function isSocket(host: string): boolean {
  return host.startsWith("/");
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** `host:port`, or the socket directory. */
export function addressOf(connection: Pick<Connection, "host" | "port">): string {
  const { host, port } = connection;
  if (isSocket(host)) return port === 5432 ? host : `${host} (port ${port})`;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
