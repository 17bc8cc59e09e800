/** A source server, a fake RDS before it and a home for each test of the RDS drill. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { type CliOutcome, newHome, runCli } from "../helpers/cli.ts";
import { type Postgres15, startPostgres15 } from "../helpers/postgres15.ts";
import { ACCOUNT, type FakeRds, SOURCE, startFakeRds } from "./fake-rds.ts";

const SCHEMA = `
  CREATE TABLE games (id int PRIMARY KEY, name text);
  INSERT INTO games SELECT n, 'game ' || n FROM generate_series(1, 200) n;
  CREATE TABLE moves (id bigserial PRIMARY KEY, game int);
  INSERT INTO moves (game) SELECT n FROM generate_series(1, 50) n;
`;

/** Within a `describe`: registers its own hooks. */
export function useRdsLab() {
  let source: Postgres15;
  let rds: FakeRds;
  let home: string;

  beforeAll(async () => {
    source = await startPostgres15({
      hba: ["host replication all 127.0.0.1/32 scram-sha-256"],
    });
    source.createRole("shop", "pw-of-shop");
    source.createDatabase("shop", "shop");
    source.psql(`SET ROLE shop; ${SCHEMA}`, "shop");
  });
  beforeEach(async () => {
    rds = await startFakeRds(source);
    home = await newHome();
    const place = `host: ${source.host}, port: ${source.port}, user: shop, database: shop`;
    writeFileSync(
      join(home, "restore-drill.yaml"),
      `default: local\nenvironments:\n  local: { target: direct, ${place}, password: "\${PW}", backups: { host: ./backups } }\n`,
    );
  });
  afterEach(() => rds.close());
  afterAll(() => source?.stop());

  const options = (env: Readonly<Record<string, string>> = {}) => ({
    home,
    env: {
      PW: "pw-of-shop",
      AWS_ACCESS_KEY_ID: "AKIAFAKE",
      AWS_SECRET_ACCESS_KEY: "fake-secret-key",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_MAX_ATTEMPTS: "2",
      ...env,
    },
  });
  const words = (...more: readonly string[]) => [
    ...["rds-snapshot-restore", "--headless", "--set", `AWS_ACCOUNT=${ACCOUNT}`],
    ...["--set", `RDS_INSTANCE=${SOURCE}`, "--set", "RDS_REGION=eu-central-1"],
    ...["--set", `RDS_ENDPOINT=${rds.url}`, ...more],
  ];
  return {
    get source() {
      return source;
    },
    get rds() {
      return rds;
    },
    get home() {
      return home;
    },
    options,
    words,
    drill: (...more: readonly string[]) => runCli(words(...more), options()),
    entry: (): unknown =>
      JSON.parse(readFileSync(join(home, "log.jsonl"), "utf8").trim().split("\n").at(-1) ?? ""),
    /** Only the source is left, and no snapshot. */
    nothingLeft() {
      expect([...rds.instances.keys()]).toEqual([SOURCE]);
      expect([...rds.snapshots.keys()]).toEqual([]);
    },
  };
}

export const said = ({ stdout, stderr }: CliOutcome) => stdout + stderr;
