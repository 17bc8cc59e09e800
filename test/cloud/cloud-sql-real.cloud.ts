/** The Cloud SQL drill through the real gcloud, asking the fake Admin API; and its stand-in beside it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { postgres15Available } from "../helpers/postgres15.ts";
import { useCloudSqlLab } from "./cloud-sql-lab.ts";
import { type Faults, PROJECT, SOURCE } from "./fake-cloud-sql.ts";
import { said } from "./lab-drill.ts";
import { cliAvailable } from "./real-cli.ts";

const gcloud = cliAvailable("gcloud", ["version"]);

describe.runIf(postgres15Available && gcloud)("the Cloud SQL drill with the real gcloud", () => {
  const lab = useCloudSqlLab("real");

  it("takes a backup, restores it, proves it and deletes both", async () => {
    const done = await lab.drill();
    expect(done.exit, said(done)).toBe(0);
    lab.nothingLeft();
    expect(lab.cloud.asked).toContain("instances.restoreBackup");
    expect(lab.cli.asked).toEqual([]);
    expect(lab.entry()).toMatchObject({ verdict: "passed", proof: { verdict: "equal" } });
  }, 120_000);

  it("clones a point in time, labels the clone, proves it and deletes it", async () => {
    const settings = { deletionProtectionEnabled: true, retainBackupsOnDelete: true };
    Object.assign(lab.cloud.instances.get(SOURCE) ?? {}, { settings });
    const done = await lab.drill("--set", "RESTORE_FROM=point-in-time");
    expect(done.exit, said(done)).toBe(0);
    lab.nothingLeft();
    expect(lab.cloud.asked).toContain("instances.clone");
    expect(lab.cli.asked).toEqual([]);
    expect(lab.entry()).toMatchObject({ verdict: "passed", proof: { verdict: "equal" } });
  }, 120_000);

  it("stops without an account, and in another project", async () => {
    const none = await lab.drillWith({ CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: "" });
    expect(said(none)).toContain("gcloud has no active account");
    const other = await lab.drillWith({ CLOUDSDK_CORE_PROJECT: "shop-production" });
    expect(said(other)).toContain(`gcloud is set to project shop-production, not to ${PROJECT}`);
    expect([none.exit, other.exit]).toEqual([1, 1]);
    expect(lab.cloud.asked).toEqual([]);
  });

  const refused = (call: string, status: number): Faults => ({
    refuse: { [call]: { status, message: `Refused with ${status}.` } },
  });
  const describeIt = ["sql", "instances", "describe"];
  const backups = ["sql", "backups"];

  it.each<[string, readonly string[], Faults]>([
    ["an instance", [...describeIt, SOURCE], {}],
    ["no instance", [...describeIt, "other-db"], {}],
    ["a refused instance", [...describeIt, SOURCE], refused("instances.get", 403)],
    ["expired credentials", [...describeIt, SOURCE], refused("instances.get", 401)],
    ["throttling", [...describeIt, SOURCE], refused("instances.get", 429)],
    ["instances", ["sql", "instances", "list", `--filter=name=${SOURCE}`], {}],
    [
      "refused backups",
      [...backups, "list", `--instance=${SOURCE}`],
      refused("backupRuns.list", 403),
    ],
    [
      "a throttled backup",
      [...backups, "create", `--instance=${SOURCE}`, "--async"],
      refused("backupRuns.insert", 429),
    ],
    [
      "a refused latest recovery time",
      ["sql", "instances", "get-latest-recovery-time", SOURCE],
      refused("instances.getLatestRecoveryTime", 403),
    ],
    [
      "a point that is none",
      [
        "sql",
        "instances",
        "clone",
        SOURCE,
        "copy",
        "--point-in-time=2026-11-22T14:30:00Z",
        "--async",
      ],
      {},
    ],
    [
      "a throttled patch",
      ["beta", "sql", "instances", "patch", SOURCE, "--update-labels=restore-drill=x", "--async"],
      refused("instances.patch", 429),
    ],
    [
      "no instance to patch",
      [
        "beta",
        "sql",
        "instances",
        "patch",
        "other-db",
        "--update-labels=restore-drill=x",
        "--async",
      ],
      {},
    ],
    ["an operation", ["sql", "operations", "describe", "op-1"], {}],
    ["a flag that is none", [...describeIt, SOURCE, "--nonsense=1"], {}],
    ["nothing to describe", describeIt, {}],
  ])("says of %s what its stand-in says", async (_title, words, faults) => {
    lab.cloud.faults = faults;
    const all = [...words, `--project=${PROJECT}`, "--quiet", "--format=json"];
    const env = { ...process.env, ...lab.realGcloud() };
    const run = async (command: string) => {
      const { exit, stdout, stderr } = await ran(command, all, env);
      // A wrong command line each tells of in its own words.
      const why = exit === 2 ? "" : stderr.replace(/ This command is authenticated with.*/su, "\n");
      return { exit, why, facts: exit === 0 ? (JSON.parse(stdout) as unknown) : undefined };
    };
    expect(await run(join(lab.cli.bin, "gcloud"))).toEqual(await run("gcloud"));
  });
});

async function ran(command: string, words: readonly string[], env: NodeJS.ProcessEnv) {
  const child = spawn(command, words, { env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "exit");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [exit] = await ended;
  return { exit, stdout, stderr };
}
