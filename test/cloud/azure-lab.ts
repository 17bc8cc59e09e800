/** A source server, a fake Azure before it, az logged in there, and a home for each test. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { newHome, runCli } from "../helpers/cli.ts";
import type { Postgres15 } from "../helpers/postgres15.ts";
import { type FakeArm, startFakeArm } from "./fake-arm.ts";
import { type FakeAzure, GROUP, SOURCE, SUBSCRIPTION, startFakeAzure } from "./fake-azure.ts";
import { binWithoutCli, newestEntry } from "./lab-drill.ts";
import { startLabSource, writeLabEnvironment } from "./lab-source.ts";

/** Within a `describe`: registers its own hooks. */
export function useAzureLab() {
  let source: Postgres15;
  let arm: FakeArm;
  let cloud: FakeAzure;
  let home: string;

  beforeAll(async () => {
    source = await startLabSource();
    arm = await startFakeArm(SUBSCRIPTION);
  }, 120_000);
  beforeEach(async () => {
    cloud = startFakeAzure(source);
    arm.answers(cloud.answer);
    home = await newHome();
    writeLabEnvironment(home, source);
  });
  afterEach(() => cloud?.close());
  afterAll(async () => {
    arm?.close();
    await source?.stop();
  });

  const options = (env: Readonly<Record<string, string>> = {}) => ({
    home,
    env: { PW: "pw-of-shop", ...arm.env, ...env },
  });
  const words = (...more: readonly string[]) => [
    ...["azure-flexible-restore", "--headless", "--set", `AZURE_SUBSCRIPTION=${SUBSCRIPTION}`],
    ...["--set", `AZURE_GROUP=${GROUP}`, "--set", `AZURE_SERVER=${SOURCE}`, ...more],
  ];
  return {
    get source() {
      return source;
    },
    get home() {
      return home;
    },
    get cloud() {
      return cloud;
    },
    options,
    words,
    drill: (...more: readonly string[]) => runCli(words(...more), options()),
    drillWith: (env: Readonly<Record<string, string>>) => runCli(words(), options(env)),
    /** A PATH with this instead of az, or without any. */
    pathWith(script?: string): Readonly<Record<string, string>> {
      const bin = binWithoutCli(home, `bin-${script === undefined ? "none" : "old"}`);
      if (script !== undefined) writeFileSync(join(bin, "az"), script, { mode: 0o755 });
      return { PATH: bin };
    },
    emptyDirectory(): string {
      const path = join(home, "no-login");
      mkdirSync(path);
      return path;
    },
    entry: () => newestEntry(home),
    /** Only the source is left. */
    nothingLeft() {
      expect([...cloud.servers.keys()]).toEqual([SOURCE]);
    },
  };
}
