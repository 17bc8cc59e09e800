/** A drill in production counts once somebody else has signed for it, with a key of their own. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newHome, runCli } from "../helpers/cli.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../helpers/postgres15.ts";
import { HAS_SSH_KEYGEN } from "../log/places.ts";

/** Every human step of `production-restore`, as far as it applies without migrations. */
const ANSWERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ticket: { CHANGE_TICKET: "CHG-1234", change_window: "Monday 22:00 to 23:00 UTC" },
  "name-approver": { APPROVER: "Kim Bee" },
  incident: { incident_contact: "Sam, on call", incident_reference: "#incidents" },
  "choose-backup": { BACKUP_ID: "auto-0231", BACKUP_TIME: "2026-11-22 02:31Z", rpo: "5 minutes" },
  "restore-blue-green": { instance_evidence: "request 7", restore_took: "11 minutes" },
  isolated: { isolation_evidence: "firewall rule 12" },
  "access-granted": { access_granted: "role drill_1234 for Robin" },
  "reapply-deletions": { deletion_evidence: "run 88", deletions_open: "0" },
  "reapply-anonymisation": { anonymisation_evidence: "run 89" },
  "prove-instance": { proof_result: "equal", proof_evidence: "report sha256:ab" },
  "app-smoke": { smoke_evidence: "game 4711" },
  "delete-instance": { deletion_of_instance: "request 9" },
  "revoke-access": { revocation_evidence: "audit 3" },
  "close-ticket": { ticket_comment: "CHG-1234 comment 2" },
};

const BY_HAND = ["--headless", "--set", "PROOF=by-hand"] as const;

describe.runIf(postgres15Available && HAS_SSH_KEYGEN)("a production restore drill", () => {
  let server: Postgres15;
  let home: string;
  let id: string;
  let said: string;
  /** The log, its head and its signers right after the drill. */
  let fresh: readonly (readonly [string, string])[];

  const file = (name: string) => join(home, name);
  const cli = (...words: readonly string[]) => runCli(words, { home, env: { PW: "pw" } });
  const approve = (as: string, key: string, ...more: readonly string[]) =>
    cli("log", "approve", id, "--as", as, "--key", file(key), ...more);
  const lines = () => readFileSync(file("log.jsonl"), "utf8").trimEnd().split("\n");
  const write = (texts: readonly string[]) =>
    writeFileSync(file("log.jsonl"), texts.map((text) => `${text}\n`).join(""));

  function newKey(name: string) {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file(name)]);
  }

  function answersFile(changes: typeof ANSWERS = {}) {
    const answers = Object.fromEntries(
      Object.entries({ ...ANSWERS, ...changes }).map(([step, values]) => [
        step,
        { done: true, values },
      ]),
    );
    writeFileSync(file("answers.yaml"), JSON.stringify({ operator: "Robin", answers }));
    return file("answers.yaml");
  }

  beforeAll(async () => {
    server = await startPostgres15();
    server.createRole("ringrift", "pw");
    server.createDatabase("ringrift", "ringrift");
    home = await newHome();
    const place = `host: ${server.host}, port: ${server.port}, user: ringrift, database: ringrift`;
    const local = `{ target: direct, ${place}, password: "\${PW}", backups: { host: . } }`;
    writeFileSync(
      file("restore-drill.yaml"),
      `default: live\nenvironments:\n  live: ${local.replace("{ ", "{ production: true, ")}\n  test: ${local}\n`,
    );
    newKey("kim");
    newKey("lee");
    const before = server.psql("select datname from pg_database order by 1", "ringrift");
    const ran = await cli("production-restore", ...BY_HAND, "--answers", answersFile());
    said = ran.stdout + ran.stderr;
    expect(ran.exit, said).toBe(0);
    expect(server.psql("select datname from pg_database order by 1", "ringrift")).toEqual(before);
    id = /drill-\d{8}-\d{6}-\w+/.exec(said)?.[0] ?? "";
    fresh = ["log.jsonl", "log.head", "allowed_signers"].map((name) => [
      name,
      readFileSync(file(name), "utf8"),
    ]);
  }, 120_000);
  afterAll(() => server?.stop());

  /** As it was before anybody decided. */
  function undecided() {
    for (const [name, text] of fresh) writeFileSync(file(name), text);
  }

  it("says who has to sign next, and with which command", () => {
    expect(said).toContain("Approval is required");
    expect(said).toContain(`Awaiting approval: ${id}`);
    expect(said).toContain("Named as its approver: Kim Bee");
    expect(said).toContain(`restore-drill log approve ${id} --as NAME --key FILE`);
  });

  it("keeps the evidence of every human step", () => {
    const entry: unknown = JSON.parse(lines()[0] ?? "");
    expect(entry).toMatchObject({
      ...{ approval: "required", operator: "Robin", approver: "Kim Bee", verdict: "passed" },
    });
    const kept = JSON.stringify(entry);
    for (const value of Object.values(ANSWERS).flatMap((values) => Object.values(values))) {
      expect(kept).toContain(value);
    }
  });

  it("is nowhere shown as signed off in full while nobody approved", async () => {
    undecided();
    const list = await cli("log", "list");
    expect(list.stdout).toContain("… passed, awaiting approval by Kim Bee");
    expect(list.stdout).not.toContain("✓");
    const show = await cli("log", "show");
    expect(show.stdout.split("\n")[1]).toMatch(
      /^… Passed, awaiting approval by Kim Bee: .*not signed off in/,
    );
    const verify = await cli("log", "verify");
    expect(verify.stdout).toContain(`awaiting approval, not signed off in full: ${id}`);
    expect(verify.exit).toBe(0);
    for (const format of ["markdown", "html", "json"]) {
      const { stdout } = await cli("log", "export", id, "--format", format, "--output", "-");
      expect(stdout.slice(0, stdout.indexOf("Change control")), format).toMatch(/awaiting/);
      expect(stdout).not.toContain("approved by");
    }
    const json = await cli("log", "show", "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({
      approvalState: { status: "awaiting", from: "Kim Bee", signedOffInFull: false },
    });
  });

  it("is complete with the signature of somebody else, which any ssh-keygen can check", async () => {
    undecided();
    const done = await approve("Kim Bee", "kim");
    expect(done.exit, done.stderr).toBe(0);
    expect(done.stderr).toContain("Passed in live, by Robin");
    expect(done.stdout).toContain("approved by Kim Bee");
    const list = await cli("log", "list");
    expect(list.stdout).toContain("✓ passed, approved by Kim Bee");
    expect(list.stderr).toBe("");
    const verify = await cli("log", "verify");
    expect(verify.stdout).toContain(`approved: ${id}`);
    expect(verify.stdout).toMatch(/1 entry signed by Robin@\S+, SHA256:/);
    expect(verify.stdout).toMatch(/1 approval signed by Kim-Bee@\S+, SHA256:/);
    expect(verify.stdout).not.toContain("awaiting");
    expect(verify.exit).toBe(0);
    for (const format of ["markdown", "html", "json"]) {
      const { stdout } = await cli("log", "export", id, "--format", format, "--output", "-");
      expect(stdout).toContain("Kim Bee");
      expect(stdout).not.toContain("awaiting");
    }
    const approval = JSON.parse(lines()[1] ?? "");
    writeFileSync(file("signature.txt"), `${approval.signature}\n`);
    const check = ["-Y", "verify", "-f", file("allowed_signers"), "-I", approval.signer.identity];
    const output = execFileSync(
      "ssh-keygen",
      [...check, "-n", "restore-drill", "-s", file("signature.txt")],
      { input: approval.hash, encoding: "utf8" },
    );
    expect(output).toContain("Good");
  });

  it("is decided once", async () => {
    undecided();
    expect((await approve("Kim Bee", "kim")).exit).toBe(0);
    const again = await approve("Lee", "lee", "--reject", "I would not have");
    expect(again.exit).toBe(4);
    expect(again.stderr).toContain("Kim Bee has approved already");
    expect(lines()).toHaveLength(2);
  });

  it("is rejected with a reason, and then never counts as signed off", async () => {
    undecided();
    const done = await approve("Kim Bee", "kim", "--reject", "Proof report is missing");
    expect(done.exit, done.stderr).toBe(0);
    expect((await cli("log", "list")).stdout).toContain("✗ passed, rejected by Kim Bee");
    const show = await cli("log", "show");
    expect(show.stdout).toContain("rejected by Kim Bee: Proof report is missing");
    expect((await cli("log", "verify")).stdout).toContain(`rejected: ${id}`);
    const json = JSON.parse((await cli("log", "show", "--json")).stdout);
    expect(json.approvalState).toMatchObject({ status: "rejected", signedOffInFull: false });
  });

  it("is not approved by its operator, whatever they call themselves and whichever key they use", async () => {
    undecided();
    for (const name of ["Robin", " ROBIN ", "Ro-bín"]) {
      const same = await approve(name, "kim");
      expect(same.exit, name).toBe(4);
      expect(same.stderr).toContain("Robin ran the drill");
    }
    const key = await approve("Kim Bee", "keys/restore-drill_ed25519");
    expect(key.exit).toBe(4);
    expect(key.stderr).toContain("the key that Robin signed the entry with");
    expect(lines()).toHaveLength(1);
    expect(readFileSync(file("allowed_signers"), "utf8")).not.toContain("Kim");
  });

  it("asks for an approver, a key and a reason", async () => {
    undecided();
    const without = await cli("log", "approve", id, "--as", "Kim");
    expect(without.exit).toBe(2);
    expect(without.stderr).toContain("--key");
    expect((await approve("  ", "kim")).exit).toBe(2);
    expect((await approve("Kim", "kim", "--reject", " ")).exit).toBe(2);
    const missing = await approve("Kim", "no-such-key");
    expect(missing.exit).toBe(4);
    expect(missing.stderr).toContain("does not exist");
    expect((await cli("log", "approve", "nope", "--as", "K", "--key", file("kim"))).exit).toBe(2);
    expect(lines()).toHaveLength(1);
  });

  it("loses an approval that was changed, and the log says so", async () => {
    undecided();
    await approve("Kim Bee", "kim");
    const [entry = "", approval = ""] = lines();
    write([entry, approval.replace("Kim Bee", "Kim Boo")]);
    const verify = await cli("log", "verify");
    expect(verify.exit).toBe(6);
    expect(verify.stderr).toContain(`approval-of-${id}`);
    expect(verify.stderr).toContain("was changed after it was signed");
    expect((await cli("log", "list")).stdout).toContain("awaiting approval");
    const refused = await approve("Lee", "lee");
    expect(refused.exit).toBe(6);
  });

  it("loses an approval that was removed, and the log says so", async () => {
    undecided();
    await approve("Kim Bee", "kim");
    write(lines().slice(0, 1));
    const verify = await cli("log", "verify");
    expect(verify.exit).toBe(6);
    expect(verify.stderr).toContain("the last of them is gone");
    expect((await cli("log", "list")).stdout).toContain("awaiting approval");
  });

  it("fails before anything is restored where the operator names themselves as approver", async () => {
    undecided();
    const answers = answersFile({ "name-approver": { APPROVER: "Ro-bín" } });
    const { exit, stdout } = await cli("production-restore", ...BY_HAND, "--answers", answers);
    expect(exit).toBe(1);
    expect(stdout).toContain("The approver must not be the operator");
    expect(stdout).toMatch(/skip +restore-blue-green.*not-reached/);
    expect(stdout).toMatch(/skip +delete-instance.*not-reached/);
  });

  it("asks after a failure, too, whether what people made is gone", async () => {
    undecided();
    const proof = { proof_result: "equal", proof_evidence: "report" };
    const { "delete-instance": _, "revoke-access": __, ...rest } = ANSWERS;
    const answers = answersFile({ ...rest, "prove-instance": proof });
    const document = JSON.parse(readFileSync(answers, "utf8"));
    document.answers["prove-instance"] = { done: false, note: "two tables differ" };
    writeFileSync(answers, JSON.stringify(document));
    const ran = await cli("production-restore", ...BY_HAND, "--answers", answers);
    const drill = /drill-\d{8}-\d{6}-\w+/.exec(ran.stdout)?.[0] ?? "";
    expect(ran.stdout).toContain("ok      delete-instance");
    expect(ran.stdout).toContain("ok      revoke-access");
    expect(ran.stdout).toMatch(/skip +app-smoke.*not-reached/);
    expect(ran.exit).toBe(1);
    const { stdout } = await cli("log", "show", drill);
    expect(stdout).toContain("✗ Failed, awaiting approval");
    expect(stdout).toContain("revocation_evidence=audit 3");
  });

  it("stays open when it is abandoned while what people made is there", async () => {
    undecided();
    const answers = answersFile({
      "prove-instance": { proof_result: "equal", proof_evidence: "x" },
    });
    const document = JSON.parse(readFileSync(answers, "utf8"));
    document.answers["prove-instance"] = { done: false };
    document.answers["delete-instance"] = { done: false, note: "the provider refuses" };
    writeFileSync(answers, JSON.stringify(document));
    const ran = await cli("production-restore", ...BY_HAND, "--answers", answers);
    const drill = /drill-\d{8}-\d{6}-\w+/.exec(ran.stdout)?.[0] ?? "";
    expect(ran.exit).toBe(5);
    expect(ran.stderr).toContain('step "delete-instance" has to remove what people made');
    const abandoned = await cli("abandon", drill);
    expect(abandoned.exit).toBe(5);
    expect(abandoned.stderr).toContain(`restore-drill resume ${drill}`);
    expect(lines()).toHaveLength(1);
    // Deleted at last, which is all that the drill still asks for.
    const { "delete-instance": deleted = {}, "revoke-access": revoked = {} } = ANSWERS;
    const words = {
      "delete-instance": { done: true, values: deleted },
      "revoke-access": { done: true, values: revoked },
    };
    writeFileSync(answers, JSON.stringify({ operator: "Robin", answers: words }));
    const resumed = await cli("resume", drill, "--headless", "--answers", answers);
    expect(resumed.stdout, resumed.stderr).toContain(`Awaiting approval: ${drill}`);
    expect(resumed.exit).toBe(1);
    expect(JSON.parse(lines()[1] ?? "")).toMatchObject({ id: drill, verdict: "aborted" });
  });

  it("is the only one that is offered for production, and for nothing else", async () => {
    const ids = async (environment: string) => {
      const { stdout } = await cli("checklists", "--environment", environment, "--json");
      return JSON.parse(stdout).map((one: { id: string }) => one.id);
    };
    expect(await ids("live")).toContain("production-restore");
    expect(await ids("live")).not.toContain("database-backup-restore");
    expect(await ids("test")).toContain("database-backup-restore");
    expect(await ids("test")).not.toContain("production-restore");
    const staging = await cli("database-backup-restore", "--headless");
    expect(staging.exit).toBe(4);
    expect(staging.stderr).toContain("restore-drill checklists --environment live");
    const elsewhere = await cli("production-restore", "--headless", "--environment", "test");
    expect(elsewhere.exit).toBe(4);
    expect((await cli("checklists", "--environment", "nowhere")).exit).toBe(3);
  });

  it("refuses to write on the primary's server, with exit code 3", async () => {
    const source = new URL("../../checklists/production-restore.yaml", import.meta.url);
    const text = readFileSync(source, "utf8").replace(
      "uses: postgres/health",
      "uses: postgres/create-restore-database\n            with: { database: x }",
    );
    writeFileSync(file("in-place.yaml"), text);
    const { exit, stderr } = await cli("check", file("in-place.yaml"));
    expect(exit).toBe(3);
    expect(stderr).toContain("writes on the primary's own server");
  });
});
