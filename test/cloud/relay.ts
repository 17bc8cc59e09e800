/** At a provider every instance has an address of its own and the same port; here a relay gives it. */
import { connect, createServer, type Server } from "node:net";
import type { Postgres15 } from "../helpers/postgres15.ts";

export const COPY_HOST = "127.0.0.2";

export function relayTo({ host, port }: Postgres15, ownPort: number): Server {
  const relay = createServer((client) => {
    const server = connect(port, host);
    client.on("error", () => server.destroy()).on("close", () => server.destroy());
    server.on("error", () => client.destroy()).on("close", () => client.destroy());
    client.pipe(server).pipe(client);
  });
  return relay.listen(ownPort, COPY_HOST);
}
