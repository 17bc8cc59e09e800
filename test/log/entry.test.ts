import { describe, expect, test } from "vitest";
import { evolve } from "../../source/drill/evolve.ts";
import { UNSTARTED } from "../../source/drill/state.ts";
import { EMPTY_REPORT } from "../../source/drill/types.ts";
import { verdictOf } from "../../source/drill/verdict.ts";
import { canonicalHash } from "../../source/log/canonical.ts";
import { buildEntry } from "../../source/log/entry.ts";
import { entrySchema } from "../../source/log/types.ts";
import { TestDrill } from "../drill/drill.ts";
import { runStep } from "../helpers/checklist.ts";
import { at, SIGN_OFF, sampleState, TOOL } from "./sample.ts";

const SIGNER = { identity: "robin@host", publicKey: "ssh-ed25519 AAAA", fingerprint: "SHA256:x" };

function facts(state = sampleState()) {
  return {
    previous: "0".repeat(64),
    finishedAt: at(90),
    signedAt: at(100),
    tool: TOOL,
    verdict: verdictOf(state),
    signer: SIGNER,
  };
}

function entry(state = sampleState()) {
  return buildEntry(state, SIGN_OFF, facts(state));
}

test("it holds every field of the contract", () => {
  const contract = [
    "id checklist environment operator approver startedAt finishedAt verdict items measurements",
    "backup proof findings deviations issues kind related tool previous",
  ];
  for (const field of contract.join(" ").split(" ")) {
    expect(entry()).toHaveProperty(field);
  }
  expect(entry()).toMatchObject({
    id: "drill-one",
    checklist: { id: "database-backup-restore", digest: `sha256:${"c".repeat(64)}` },
    environment: { target: "direct", server: { address: "127.0.0.1:5432" }, database: "ringrift" },
    operator: "Robin",
    approver: "Kim",
    startedAt: at(0),
    finishedAt: at(90),
    verdict: "passed-with-deviations",
    kind: "Backup/restore only",
    related: ["docs/runbooks/SECRETS_ROTATION_DRILL.md"],
  });
});

test("a step tells what was issued, how it ended, what was checked, and every attempt", () => {
  const step = entry().items[0]?.steps[0];
  expect(step).toMatchObject({
    id: "take-backup",
    status: "passed",
    startedAt: at(3),
    seconds: 9.21,
    command: "pg_dump 'plain words'\nsha256sum b.sql",
    exit: 0,
    note: "plain words",
    values: { BACKUP_FILE: "/srv/backups/plain words.sql" },
    outputDigest: `sha256:${"d".repeat(64)}`,
  });
  expect(step?.checks?.[0]).toEqual({
    title: "The file ends with its trailer",
    status: "passed",
    expected: "-- dump complete",
    observed: "plain words",
  });
  expect(step?.attempts).toMatchObject([
    { attempt: 1, status: "failed", exit: 1, commands: ["pg_dump --file=a.sql"] },
    { attempt: 2, status: "passed" },
  ]);
});

describe("a step that failed to remove what was made", () => {
  const DATABASE = { id: "d", kind: "database", label: "database d", undo: {} } as const;

  function ended(...outcomes: readonly (string | undefined)[]) {
    const drill = TestDrill.started(
      { ...runStep({ id: "create" }), removedBy: "drop" },
      runStep({ id: "drop", always: true }),
    );
    drill.take({ type: "start-step", step: "create" });
    drill.take({ type: "register-resource", step: "create", attempt: 1, resource: DATABASE });
    drill.take({ type: "report-passed", step: "create", attempt: 1, report: EMPTY_REPORT });
    drill.fail("drop").take({ type: "give-up", reason: "drop broke" });
    outcomes.forEach((problem, index) => {
      drill.take({ type: index === 0 ? "start-undo" : "retry-cleanup", resource: "d" });
      drill.take(
        problem === undefined
          ? { type: "release-resource", resource: "d", how: "dropped" }
          : { type: "report-undo-failed", resource: "d", problem },
      );
    });
    return entry(drill.state);
  }

  test("is told with its failure and with the cleanup that removed it", () => {
    const { items, verdict, cleanup, endedBecause } = ended("3 others are connected", undefined);
    expect(items[1]).toMatchObject({ id: "item-drop", status: "passed" });
    expect(items[1]?.steps[0]).toMatchObject({
      status: "passed",
      checks: [{ title: "database d", status: "passed", observed: "dropped" }],
      attempts: [
        { attempt: 1, status: "failed", message: "drop broke" },
        { attempt: 2, status: "failed", message: "database d: 3 others are connected" },
        { attempt: 3, status: "passed", message: "database d: dropped" },
      ],
    });
    // The drill was given up because of it, which a later cleanup does not undo.
    expect({ verdict, endedBecause }).toEqual({ verdict: "failed", endedBecause: "drop broke" });
    expect(cleanup).toMatchObject([
      { status: "released", attempts: [{ status: "failed" }, { status: "passed" }] },
    ]);
  });

  test("stays failed while it is there", () => {
    const { items } = ended("3 others are connected");
    expect(items[1]).toMatchObject({ status: "failed", steps: [{ status: "failed" }] });
    expect(items[1]?.steps[0]?.attempts).toHaveLength(2);
  });
});

test("every status is said in the entry's own words", () => {
  const statuses = entry().items.map(({ status, steps }) => [
    status,
    steps.map((step) => step.status),
  ]);
  expect(statuses).toEqual([
    ["passed", ["passed"]],
    ["passed", ["passed", "passed"]],
    ["deviation", ["deviation"]],
    ["not-applicable", ["not-applicable"]],
    ["deviation", ["deviation"]],
    ["not-reached", ["not-reached"]],
  ]);
  expect(entry().items[5]?.steps[0]).toMatchObject({ startedAt: null, seconds: null });
});

test("measurements, backup and proof come from the steps that measured them", () => {
  expect(entry()).toMatchObject({
    measurements: {
      backupSeconds: 9.21,
      backupBytes: 98_000_000,
      restoreSeconds: 30.2,
      proofSeconds: 6.3,
      databaseBytes: 159_000_000,
      rows: 240_000,
    },
    backup: { bytes: 98_000_000, sha256: "b".repeat(64) },
    proof: { verdict: "different", tables: 24 },
  });
});

test("a result that became stale no longer counts", () => {
  const stale = evolve(sampleState(), {
    type: "results-staled",
    at: at(89),
    steps: ["take-backup", "prove"],
    because: "take-backup was run again",
  });
  expect(entry(stale)).toMatchObject({
    backup: null,
    proof: null,
    measurements: { backupSeconds: null, proofSeconds: null, restoreSeconds: 30.2 },
  });
  expect(entry(stale).items[0]).toMatchObject({
    status: "stale",
    steps: [{ reason: "take-backup was run again" }],
  });
});

test("a step that was running when the drill ended is of unknown outcome, never done", () => {
  const running = evolve(sampleState(), {
    type: "step-started",
    at: at(88),
    step: "later",
    attempt: 1,
  });
  expect(entry(running).items[5]?.steps[0]).toMatchObject({
    status: "interrupted",
    startedAt: at(88),
    seconds: null,
  });
});

test("deviations, findings, what was made, and who took up again are kept", () => {
  const built = entry();
  expect(built.deviations.map(({ step, kind }) => [step, kind])).toEqual([
    ["smoke", "waived"],
    ["play", "left-standing"],
  ]);
  expect(built.findings).toEqual([{ at: at(77), text: "plain words", step: "play" }]);
  expect(built.cleanup).toEqual([
    { label: "database plain words", status: "released", reason: "dropped" },
    { label: "file plain words", status: "kept", reason: "plain words" },
  ]);
  expect(built.resumes).toEqual([{ at: at(85), operator: "plain words" }]);
});

test("an abort keeps its reason", () => {
  const aborted = evolve(sampleState(), {
    type: "drill-aborted",
    at: at(80),
    reason: "fire alarm",
  });
  expect(entry(aborted)).toMatchObject({ verdict: "aborted", endedBecause: "fire alarm" });
});

test("what is written can be read: the schema takes it, and JSON changes nothing", () => {
  const unsigned = entry();
  const signed = { ...unsigned, hash: canonicalHash(unsigned), signature: "sig" };
  const read = entrySchema.parse(JSON.parse(JSON.stringify(signed)));
  expect(read).toEqual(signed);
});

test("a clock set back during the drill gives no negative time", () => {
  const back = [
    { type: "step-started", at: at(50), step: "later", attempt: 1 } as const,
    {
      type: "step-passed",
      at: at(10),
      step: "later",
      attempt: 1,
      report: { checks: [], values: {}, measurements: { rows: Number.NaN } },
    } as const,
  ].reduce(evolve, sampleState());
  expect(entry(back).items[5]?.steps[0]?.seconds).toBe(0);
  expect(entry(back).measurements.rows).toBeNull();
});

test("a drill that never started has no entry", () => {
  expect(() => buildEntry(UNSTARTED, SIGN_OFF, facts())).toThrow("not started");
});
