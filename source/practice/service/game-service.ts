/** Entry file: the game, for practice. Reads PORT and DATABASE_URL, writes what it does. */
import { existsSync } from "node:fs";
import { openDatabase } from "./database.ts";
import { createHttpServer } from "./http-server.ts";

const { DATABASE_URL, PORT, PRACTICE_DIRECTORY } = process.env;
const port = Number(PORT ?? "3000");

if (!DATABASE_URL) refuse("DATABASE_URL is not set: it names the database to play on.");
if (!Number.isInteger(port) || port < 0 || port > 65_535) refuse(`PORT is no port: ${PORT}`);

const database = openDatabase(DATABASE_URL);
const server = createHttpServer(database, (text) => console.error(`error: ${text}`));
server.on("error", (error) => refuse(`Port ${port} cannot be used: ${error.message}`));
server.listen(port, "127.0.0.1", () => {
  const address = server.address();
  const used = typeof address === "object" && address !== null ? address.port : port;
  console.log(`RingRift listens on http://127.0.0.1:${used}`);
});

let stopping = false;
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const)
  process.on(signal, () => stop(signal));

// Nobody may be left to stop this process when the practice environment was killed.
if (PRACTICE_DIRECTORY) {
  setInterval(() => {
    if (!existsSync(PRACTICE_DIRECTORY)) stop("the practice environment is gone");
  }, 1_000).unref();
}

function stop(reason: string): void {
  if (stopping) return;
  stopping = true;
  console.log(`Stopping (${reason})`);
  server.close(() => {
    void database.close().finally(() => process.exit(0));
  });
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), 2_000).unref();
}

function refuse(reason: string): never {
  console.error(reason);
  process.exit(2);
}
