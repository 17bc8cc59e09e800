/** A source server, a fake Cloud SQL before it and a home for each test of its drill. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { newHome, runCli } from "../helpers/cli.ts";
import type { Postgres15 } from "../helpers/postgres15.ts";
import { type FakeCloudSql, PROJECT, SOURCE, startFakeCloudSql } from "./fake-cloud-sql.ts";
import { newestEntry } from "./lab-drill.ts";
import { startLabSource, writeLabEnvironment } from "./lab-source.ts";
import type { StandIn } from "./stand-in.ts";
import { type GcloudFaults, standInGcloud } from "./stand-in-gcloud.ts";

/** Within a `describe`: registers its own hooks. */
export function useCloudSqlLab(gcloud: "stand-in" | "real" = "stand-in") {
  let source: Postgres15;
  let cli: StandIn;
  let faults: GcloudFaults;
  let cloud: FakeCloudSql;
  let home: string;

  beforeAll(async () => {
    source = await startLabSource();
  });
  beforeEach(async () => {
    cloud = await startFakeCloudSql(source);
    faults = {};
    cli = await standInGcloud(cloud.url, () => faults);
    home = await newHome();
    writeLabEnvironment(home, source);
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
    entry: () => newestEntry(home),
    label(instance: string, value: string) {
      Object.assign(cloud.instances.get(instance) ?? {}, { labels: { "restore-drill": value } });
    },
    /** Only the source is left, and no backup. */
    nothingLeft() {
      expect([...cloud.instances.keys()]).toEqual([SOURCE]);
      expect([...cloud.backups.keys()]).toEqual([]);
    },
  };
}
