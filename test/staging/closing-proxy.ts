/** Docker's socket through one of our own that can be closed: a daemon that goes away. */
import { rmSync } from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";

export interface ClosingProxy {
  /** For DOCKER_HOST. */
  readonly address: string;
  /** From now on nobody answers, and who was connected is cut off. */
  close(): Promise<void>;
}

export async function proxyDocker(path: string): Promise<ClosingProxy> {
  const sockets = new Set<Socket>();
  // Who is done sending still listens: `docker exec` half-closes.
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const daemon = createConnection({ path: "/var/run/docker.sock", allowHalfOpen: true });
    for (const socket of [client, daemon]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
    client.pipe(daemon);
    daemon.pipe(client);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  return {
    address: `unix://${path}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
        rmSync(path, { force: true });
      }),
  };
}
