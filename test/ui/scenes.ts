/** Named moments of a drill, for the renderings and for looking at them. */
import type { ProofDifference } from "../../source/drill/types.ts";
import type { Plan } from "../../source/engine/interface.ts";
import { begun, LEFTOVER, planFor, planned, upTo } from "./fixture.ts";
import { BEGAN, type ScriptedEngine, ScriptedLaunch } from "./scripted.ts";

export interface Scene {
  readonly launch: ScriptedLaunch;
  readonly now: () => number;
  /** True when the drill runs: begin must be pressed to get there. */
  readonly running: boolean;
  readonly signed: boolean;
}

type Moment = (plan: Plan) => ScriptedEngine;

const VERBOSE = Array.from(
  { length: 400 },
  (_, index) => `table_${index}: dumping contents, public schema`,
);

const BODY = (line: string) =>
  [
    "…",
    " LANGUAGE plpgsql",
    "AS $function$",
    "BEGIN",
    `  ${line}`,
    "  RETURN NEW;",
    "END;",
    "$function$",
  ].join("\n");

export const DIFFERENCES: readonly ProofDifference[] = [
  {
    object: "public.games",
    expected: "40,000 rows, sums …8f3a11c0/…00bb12aa",
    observed: "as many rows, other contents: sums …8f3a11c1/…00bb12ab",
  },
  {
    object: "public.games row (7)",
    expected: "as at the snapshot",
    observed: "other value in column status",
    row: { schema: "public", table: "games", key: "(7)" },
  },
  {
    object: "index public.games_status",
    expected: "CREATE INDEX games_status ON public.games USING btree (status, created_at)",
    observed: "CREATE INDEX games_status ON public.games USING btree (status)",
  },
  {
    object: "function public.touch()",
    expected: BODY("NEW.updated_at = now();"),
    observed: BODY("NEW.updated_at = NULL;"),
  },
];

export const MOMENTS: Readonly<Record<string, Moment>> = {
  running(plan) {
    const engine = upTo(begun(plan), plan, "take-backup").start(
      "take-backup",
      "docker compose exec -T postgres pg_dump -U ringrift -d ringrift --snapshot=00000003-0000001B-1 -f /backups/staging_drill_20261122_143000.sql",
    );
    engine.print("take-backup", ...VERBOSE);
    engine.work.set("take-backup", {
      label: "Dumping ringrift",
      done: 98_400_000,
      total: 159_000_000,
      unit: "bytes",
      elapsedMs: 8000,
    });
    engine.now += 8000;
    return engine;
  },
  human: (plan) => upTo(begun(plan), plan, "play").start("play"),
  failed(plan) {
    const engine = upTo(begun(plan), plan, "prove").start("prove");
    engine.print("prove", "public.games: 40,000 rows", "public.moves: 200,000 rows");
    return engine.fail("prove", "The restored database differs from the primary in 1 object.", {
      checks: [
        { title: "Rows of public.games", status: "passed", expected: "40,000", observed: "40,000" },
        {
          title: "Rows of public.moves",
          status: "failed",
          expected: "200,000 rows, sums 8f3a… 11c0…",
          observed: "199,999 rows; missing key 日本語の鍵 (id=17)",
        },
      ],
    });
  },
  different(plan) {
    const engine = upTo(begun(plan), plan, "prove").start("prove");
    const checks = DIFFERENCES.map(({ object, expected, observed }) => ({
      title: object,
      status: "failed" as const,
      expected,
      observed,
    }));
    return engine.fail("prove", "It differs in 4 places.", {
      checks: [...checks, { title: "Took", status: "info", observed: "6.3 s" }],
      proof: {
        level: "full",
        verdict: "different",
        tables: 14,
        rows: 240_000,
        sequences: 3,
        covered: ["every row of 14 tables"],
        notCovered: ["roles"],
        differences: DIFFERENCES,
      },
    });
  },
  cleanup(plan) {
    const engine = upTo(begun(plan), plan, "create-restore-database");
    engine
      .start("create-restore-database")
      .makes("create-restore-database", "ringrift_restore_drill");
    engine
      .pass("create-restore-database")
      .take({ type: "abort", reason: "The change window closes." });
    engine.start("drop").fail("drop", "It is being accessed by other users.");
    engine.take({ type: "start-undo", resource: "ringrift_restore_drill" });
    return engine.take({
      type: "report-undo-failed",
      resource: "ringrift_restore_drill",
      problem: 'database "ringrift_restore_drill" is being accessed by 2 other users',
    });
  },
  ended: (plan) => ended(plan),
  signed(plan) {
    const engine = ended(plan);
    engine.take({
      type: "sign-off",
      signOff: {
        operator: "Robin",
        approver: "Kim",
        issues: "none",
        statement: "I ran this drill.",
        kind: "Backup/restore only",
        related: [],
      },
    });
    return engine.take({
      type: "report-signed",
      entry: {
        id: "20261122-143000-ab12",
        hash: `sha256:${"5e".repeat(32)}`,
        log: "/home/robin/.local/share/restore-drill/log.jsonl",
      },
    });
  },
};

function ended(plan: Plan): ScriptedEngine {
  const engine = upTo(begun(plan), plan, "take-backup")
    .start("take-backup")
    .pass("take-backup", {
      measurements: { backupSeconds: 8.1, backupBytes: 159_000_000 },
      backup: {
        file: "/opt/ringrift/backups/staging_drill_20261122_143000.sql",
        bytes: 159_000_000,
        sha256: "ab".repeat(32),
      },
    });
  upTo(engine, plan, "prove")
    .start("prove")
    .pass("prove", {
      measurements: { proofSeconds: 6.3, rows: 240_000 },
      proof: {
        level: "full",
        verdict: "equal",
        tables: 14,
        rows: 240_000,
        sequences: 3,
        covered: ["rows", "schema", "sequences", "large objects"],
        notCovered: ["roles on another cluster"],
        differences: [],
        snapshot: "00000003-0000001B-1",
      },
    });
  upTo(engine, plan, "none");
  engine.take({
    type: "record-finding",
    text: "The dashboard took a minute to load.",
    step: "prove",
  });
  return engine.take({ type: "end-drill" });
}

export function sceneNamed(name: string): Scene {
  const plan = planFor();
  const before = beforeDrill(name, plan);
  if (before !== undefined)
    return { launch: before, now: () => BEGAN + 3000, running: false, signed: false };
  const moment = MOMENTS[name];
  if (moment === undefined) throw new Error(`There is no scene "${name}".`);
  const engine = moment(plan);
  return {
    launch: new ScriptedLaunch(planned(plan), engine),
    now: () => engine.now,
    running: true,
    signed: name === "signed",
  };
}

function beforeDrill(name: string, plan: Plan): ScriptedLaunch | undefined {
  switch (name) {
    case "opening":
      return new ScriptedLaunch({
        status: "opening",
        environment: "practice",
        lines: ["Unpacking PostgreSQL 18.4", "Filling the primary with 20,000 rows"],
      });
    case "refused":
      return new ScriptedLaunch({
        status: "refused",
        problem: {
          code: "refused",
          message: 'The environment "prod" is marked as production.',
          hint: "Drill in staging.",
        },
      });
    case "plan":
      return new ScriptedLaunch(planned(plan));
    case "leftover":
      return new ScriptedLaunch(planned(plan, LEFTOVER));
    default:
      return undefined;
  }
}
