/** The server that a lab's fake provider calls its source, and what the environment says of it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Postgres15, startPostgres15 } from "../helpers/postgres15.ts";

const SCHEMA = `
  CREATE TABLE games (id int PRIMARY KEY, name text);
  INSERT INTO games SELECT n, 'game ' || n FROM generate_series(1, 200) n;
  CREATE TABLE moves (id bigserial PRIMARY KEY, game int);
  INSERT INTO moves (game) SELECT n FROM generate_series(1, 50) n;
`;

/** Lets base backups be taken: they are the provider's snapshots. */
export async function startLabSource(): Promise<Postgres15> {
  const source = await startPostgres15({
    hba: ["host replication all 127.0.0.1/32 scram-sha-256"],
  });
  source.createRole("shop", "pw-of-shop");
  source.createDatabase("shop", "shop");
  source.psql(`SET ROLE shop; ${SCHEMA}`, "shop");
  return source;
}

/** The password comes as PW. */
export function writeLabEnvironment(home: string, { host, port }: Postgres15): void {
  const place = `host: ${host}, port: ${port}, user: shop, database: shop`;
  writeFileSync(
    join(home, "restore-drill.yaml"),
    `default: local\nenvironments:\n  local: { target: direct, ${place}, password: "\${PW}", backups: { host: ./backups } }\n`,
  );
}
