/**
 * Entry file of the image's app: the practice game on all of the container's addresses, measured
 * the way a staging app is. Reads PORT and DATABASE_URL.
 */
import { createServer } from "node:http";
import { openDatabase } from "../../../../source/practice/service/database.ts";
import { createHttpServer } from "../../../../source/practice/service/http-server.ts";
import { createMetrics } from "./metrics.ts";

const { DATABASE_URL, PORT = "3000" } = process.env;
if (!DATABASE_URL) {
  console.error("DATABASE_URL is not set: it names the database to play on.");
  process.exit(2);
}

const database = openDatabase(DATABASE_URL);
const metrics = createMetrics();
const game = createHttpServer(metrics.measured(database), (text) =>
  console.error(`error: ${text}`),
);

const server = createServer((request, response) => {
  if (request.url === "/metrics") {
    void metrics.text(database).then((text) => {
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(text);
    });
    return;
  }
  metrics.watch(request, response);
  // The game trusts loopback only. Here Docker decides who reaches it, by service name or address.
  request.headers.host = "localhost";
  game.emit("request", request, response);
});
server.listen(Number(PORT), () => console.log(`RingRift listens on port ${PORT}`));

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    console.log(`Stopping (${signal})`);
    server.close(() => void database.close().finally(() => process.exit(0)));
    server.closeAllConnections();
  });
}
