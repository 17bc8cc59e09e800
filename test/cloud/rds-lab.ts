/** A source server, a fake RDS before it and a home for each test of the RDS drill. */
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { newHome, runCli } from "../helpers/cli.ts";
import type { Postgres15 } from "../helpers/postgres15.ts";
import { ACCOUNT, type FakeRds, SOURCE, startFakeRds } from "./fake-rds.ts";
import { newestEntry } from "./lab-drill.ts";
import { startLabSource, writeLabEnvironment } from "./lab-source.ts";

/** Within a `describe`: registers its own hooks. */
export function useRdsLab() {
  let source: Postgres15;
  let rds: FakeRds;
  let home: string;

  beforeAll(async () => {
    source = await startLabSource();
  });
  beforeEach(async () => {
    rds = await startFakeRds(source);
    home = await newHome();
    writeLabEnvironment(home, source);
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
    entry: () => newestEntry(home),
    /** Only the source is left, and no snapshot. */
    nothingLeft() {
      expect([...rds.instances.keys()]).toEqual([SOURCE]);
      expect([...rds.snapshots.keys()]).toEqual([]);
    },
  };
}
