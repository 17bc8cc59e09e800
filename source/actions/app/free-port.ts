import { createServer } from "node:net";

/** Whether nothing on this host listens on a port, on any address or the loopback one. */
export async function portIsFree(port: number): Promise<boolean> {
  return (await canListen(port, "127.0.0.1")) && (await canListen(port, undefined));
}

async function canListen(port: number, host: string | undefined): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once("error", () => resolve(false));
  server.listen(host === undefined ? { port } : { port, host }, () =>
    server.close(() => resolve(true)),
  );
  return promise;
}
