/** A real HTTP server on a free port for one test. */
import { createServer, type RequestListener } from "node:http";
import { onTestFinished } from "vitest";

/** Its address, without a trailing slash. */
export async function serveHttp(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no address");
  return `http://127.0.0.1:${address.port}`;
}
