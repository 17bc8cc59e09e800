/** A source server, a fake Cloud SQL before it and a home for each test of its drill. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { type CliOutcome, newHome, runCli } from "../helpers/cli.ts";
import { type Postgres15, startPostgres15 } from "../helpers/postgres15.ts";
import { type FakeCloudSql, PROJECT, SOURCE, startFakeCloudSql } from "./fake-cloud-sql.ts";
import type { StandIn } from "./stand-in.ts";
import { type GcloudFaults, standInGcloud } from "./stand-in-gcloud.ts";

const SCHEMA = `
  CREATE TABLE games (id int PRIMARY KEY, name text);
  INSERT INTO games SELECT n, 'game ' || n FROM generate_series(1, 200) n;
  CREATE TABLE moves (id bigserial PRIMARY KEY, game int);
  INSERT INTO moves (game) SELECT n FROM generate_series(1, 50) n;
`;

/** Within a `describe`: registers its own hooks. */
export function useCloudSqlLab(gcloud: "stand-in" | "real" = "stand-in") {
  let source: Postgres15;
  let cli: StandIn;
  let faults: GcloudFaults;
  let cloud: FakeCloudSql;
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
    cloud = await startFakeCloudSql(source);
    faults = {};
    cli = await standInGcloud(cloud.url, () => faults);
    home = await newHome();
    const place = `host: ${source.host}, port: ${source.port}, user: shop, database: shop`;
    writeFileSync(
      join(home, "restore-drill.yaml"),
      `default: local\nenvironments:\n  local: { target: direct, ${place}, password: "\${PW}", backups: { host: ./backups } }\n`,
    );
  });
  afterEach(async () => {
    cli.close();
    await cloud.close();
  });
  afterAll(() => source?.stop());

  const options = (env: Readonly<Record<string, string>> = {}) => ({
    home,
    env: {
      PW: "pw-of-shop",
      ...(gcloud === "real" ? realGcloud() : { PATH: `${cli.bin}:${process.env.PATH}` }),
      ...env,
    },
  });
  /** It has a configuration of its own, nobody's account, and asks the fake only. */
  const realGcloud = () => {
    const token = join(home, "token");
    writeFileSync(token, "not-a-token");
    return {
      CLOUDSDK_CONFIG: join(home, "gcloud"),
      CLOUDSDK_CORE_PROJECT: PROJECT,
      CLOUDSDK_CORE_DISABLE_PROMPTS: "1",
      CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: token,
      CLOUDSDK_API_ENDPOINT_OVERRIDES_SQL: cloud.url,
    };
  };
  const words = (...more: readonly string[]) => [
    ...["cloud-sql-restore", "--headless", "--set", `GCP_PROJECT=${PROJECT}`],
    ...["--set", `CLOUDSQL_INSTANCE=${SOURCE}`, ...more],
  ];
  return {
    get source() {
      return source;
    },
    get cloud() {
      return cloud;
    },
    get cli() {
      return cli;
    },
    set gcloud(next: GcloudFaults) {
      faults = next;
    },
    realGcloud,
    get home() {
      return home;
    },
    options,
    words,
    drill: (...more: readonly string[]) => runCli(words(...more), options()),
    drillWith: (env: Readonly<Record<string, string>>) => runCli(words(), options(env)),
    entry: (): unknown =>
      JSON.parse(readFileSync(join(home, "log.jsonl"), "utf8").trim().split("\n").at(-1) ?? ""),
    /** Only the source is left, and no backup. */
    nothingLeft() {
      expect([...cloud.instances.keys()]).toEqual([SOURCE]);
      expect([...cloud.backups.keys()]).toEqual([]);
    },
  };
}

export const said = ({ stdout, stderr }: CliOutcome) => stdout + stderr;
