/** The checklist that comes with the tool is the runbook, all of it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { actionCatalogue } from "../../source/actions/registry.ts";
import { listChecklists } from "../../source/checklist/find.ts";
import { loadChecklist } from "../../source/checklist/load.ts";
import { OFFERED_VARIABLES } from "../../source/checklist/offered.ts";
import type { Checklist, Item, Step } from "../../source/checklist/types.ts";
import { stepWorld, temporaryDirectory } from "../helpers/step-world.ts";

const DIRECTORY = fileURLToPath(new URL("../../checklists", import.meta.url));

/** Section 4 of the runbook, word for word. */
const RUNBOOK = [
  "`postgres` container healthy and reachable",
  "New logical backup file created under `./backups/` for the drill run",
  "Separate restore database (for example `ringrift_restore_drill`) created successfully",
  "`psql '\\dt'` against the restore DB shows expected tables",
  "`prisma migrate status` passes against the restore DB",
  "Optional: temporary app instance can start against the restore DB and pass basic health checks (`/health`, `/ready`)",
  "Optional: `npm run validate:deployment` has been re-run after the drill to confirm deployment/config SSoTs are still consistent",
  "Optional: `npm run validate:monitoring` and `npm run ssot-check` have been run and are green (no new warnings or drift introduced by the drill)",
  "Optional: `./scripts/test-auth.sh` and, if appropriate, `npm run load:orchestrator:smoke` succeed against an app instance pointed at the restored DB (or after the staging stack has been restored to normal configuration)",
  "Restore database dropped (or clearly labelled and left for further analysis)",
];

const load = (file: string) =>
  loadChecklist(file, actionCatalogue(), Object.keys(OFFERED_VARIABLES));

describe("every checklist of the directory", () => {
  it("loads, and is called what its id says", async () => {
    const listed = await listChecklists(DIRECTORY);
    expect(listed.map(({ id }) => id)).toContain("database-backup-restore");
    for (const { id, path } of listed) {
      expect(await load(path)).toMatchObject({ ok: true, value: { id } });
      expect(path.endsWith(`/${id}.yaml`)).toBe(true);
    }
  });
});

describe("the backup and restore drill", () => {
  let checklist: Checklist;
  let items: readonly Item[];
  let steps: readonly Step[];

  beforeAll(async () => {
    const loaded = await load(`${DIRECTORY}/database-backup-restore.yaml`);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems, undefined, 2));
    checklist = loaded.value;
    items = checklist.sections.flatMap((section) => section.items);
    steps = items.flatMap((item) => item.steps);
  });

  const positions = (...ids: readonly string[]) =>
    ids.map((id) => steps.findIndex((step) => step.id === id));

  it("has the ten lines of the validation checklist as items, in their order", () => {
    const titles = items.map(({ title }) => title).filter((title) => RUNBOOK.includes(title));
    expect(titles).toEqual(RUNBOOK);
  });

  it("has an optional item for each optional line and no other optional ones among the ten", () => {
    for (const { title, optional } of items.filter((item) => RUNBOOK.includes(item.title))) {
      expect(optional, title).toBe(title.startsWith("Optional: "));
    }
  });

  it("can pass with nobody there", () => {
    const human = steps.filter(({ kind }) => kind === "confirm");
    expect(human.map(({ id }) => id)).toEqual(["grafana-before", "play", "grafana-after"]);
    expect(human.every(({ optional }) => optional)).toBe(true);
  });

  it("gives every step and item a reason for a nervous operator", () => {
    for (const { id, about } of [...items, ...steps]) {
      expect(about, id).toMatch(/^[A-Z].*\.$/s);
      expect((about ?? "").length, id).toBeGreaterThan(30);
    }
  });

  it("runs the runbook's own commands", () => {
    const scripts = steps.flatMap((step) => {
      if (step.kind === "uses" && step.uses === "app/run") return [step.with.command];
      return step.kind === "run" ? [step.run] : [];
    });
    for (const command of [
      'head -20 "$BACKUP_FILE"',
      "npm run validate:deployment",
      "npm run validate:monitoring",
      "npm run ssot-check",
      "npx prisma migrate status",
      expect.stringMatching(/ \.\/scripts\/test-auth\.sh$/),
      expect.stringMatching(/^npm run load:orchestrator:smoke /),
    ]) {
      expect(scripts).toContainEqual(command);
    }
  });

  it("looks before it leaps, proves before it writes, and cleans up last", () => {
    const order = positions(
      "guard",
      "primary-migrations",
      "monitoring",
      "free-space",
      "connection-headroom",
      "baseline-deployment",
      "health",
      "take-backup",
      "inspect-backup",
      "create-restore-database",
      "restore",
      "tables",
      "prove",
      "restored-migrations",
      "app-start",
      "app-ready",
      "play",
      "after-deployment",
      "after-monitoring",
      "auth-smoke",
      "load-smoke",
      "grafana-link",
      "monitoring-compare",
      "grafana-after",
      "app-stop",
      "drop-restore-database",
      "prune-backups",
    );
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it("cleans up whatever happened, and requires it", () => {
    const always = steps.filter((step) => step.always);
    expect(always.map(({ id, optional }) => [id, optional])).toEqual([
      ["app-stop", false],
      ["drop-restore-database", false],
    ]);
  });

  it("lets nothing that writes run against anything but the temporary app", () => {
    for (const id of ["auth-smoke", "load-smoke", "play", "app-health"]) {
      expect(steps.find((step) => step.id === id)?.when?.set, id).toBe("APP_URL");
    }
  });

  it("smokes the temporary app, also with scripts that have another address written into them", async () => {
    const project = temporaryDirectory();
    mkdirSync(join(project, "scripts"));
    const script = 'echo "$0: http://localhost:3000/api/auth http://127.0.0.1:3000"; exit 3';
    writeFileSync(join(project, "scripts/test-auth.sh"), script);
    const load = { "load:orchestrator:smoke": "printf '<%s>'" };
    writeFileSync(join(project, "package.json"), JSON.stringify({ scripts: load }));
    const smoke = async (id: string) => {
      const step = steps.find((one) => one.id === id);
      if (step === undefined) throw new Error(`no step ${id}`);
      const world = stepWorld({
        target: { project },
        values: { APP_URL: "http://127.0.0.1:4000" },
      });
      const { status } = await world.runner.run(step, world.context);
      return `${status}: ${world.texts().at(-1)}`;
    };
    expect(await smoke("auth-smoke")).toBe(
      "failed: ./scripts/test-auth.sh: http://127.0.0.1:4000/api/auth http://127.0.0.1:4000",
    );
    expect(await smoke("load-smoke")).toBe("passed: <--baseUrl=http://127.0.0.1:4000>");
  });

  it("keeps old backups unless asked to prune them", () => {
    expect(checklist.variables.find(({ name }) => name === "PRUNE_BACKUPS")?.default).toBe("no");
    const prune = steps.find(({ id }) => id === "prune-backups");
    expect(prune?.when?.equals).toEqual({ PRUNE_BACKUPS: "yes" });
  });
});
