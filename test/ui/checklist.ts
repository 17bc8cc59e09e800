/** A checklist of the shape and length of the one that ships, written down so that it stays still. */
import type { Checklist, Item, Section, Step } from "../../source/checklist/types.ts";

interface Extra {
  readonly about?: string;
  readonly optional?: boolean;
  readonly script?: string;
  readonly always?: boolean;
}

function common(id: string, title: string, extra: Extra) {
  const { about, optional = false, script, always = false } = extra;
  return {
    id,
    title,
    optional,
    always,
    ...(about === undefined ? {} : { about }),
    ...(script === undefined ? {} : { when: { script } }),
  };
}

function uses(id: string, title: string, action: string, extra: Extra = {}): Step {
  return { ...common(id, title, extra), kind: "uses", uses: action, with: {} };
}

function run(id: string, title: string, script: string, extra: Extra = {}): Step {
  return { ...common(id, title, extra), kind: "run", run: script };
}

function item(id: string, title: string, ...steps: readonly Step[]): Item {
  return { id, title, optional: steps.every(({ optional }) => optional), steps };
}

function section(title: string, ...items: readonly Item[]): Section {
  return { title, items };
}

const optional = { optional: true };

export const CHECKLIST: Checklist = {
  id: "database-backup-restore",
  title: "Database backup & restore drill",
  about:
    "Proves that a fresh logical backup of the primary can be restored into a separate database.",
  source: { path: "/checklists/database-backup-restore.yaml", digest: `sha256:${"0".repeat(64)}` },
  variables: [
    {
      name: "RESTORE_DB",
      default: "ringrift_restore_drill",
      description: "The separate database to restore into",
      secret: false,
    },
    {
      name: "BACKUP_FORMAT",
      default: "plain",
      choices: ["plain", "custom", "directory"],
      description: "How pg_dump writes the backup",
      secret: false,
    },
    { name: "APP_PORT", default: "4000", matches: "[0-9]{1,5}", secret: false },
    { name: "SMTP_PASSWORD", default: "********", secret: true },
  ],
  sections: [
    section(
      "Preconditions & safety",
      item(
        "preconditions",
        "Preconditions hold (non-production, known commit, monitoring online, enough space)",
        uses("guard", "See that this is not production", "environment/guard", {
          about: "This sequence is made for staging.",
        }),
        uses("monitoring", "See that monitoring is up", "monitoring/healthy"),
        uses(
          "free-space",
          "Compare free space with the size of the primary",
          "environment/free-space",
        ),
      ),
      item(
        "baseline",
        "Optional: clean baseline before the drill (`npm run validate:deployment`)",
        run(
          "baseline-deployment",
          "Validate compose files, env schema and CI wiring",
          "npm run validate:deployment",
          { optional: true, script: "validate:deployment" },
        ),
      ),
    ),
    section(
      "Take a fresh logical backup",
      item(
        "postgres-healthy",
        "`postgres` container healthy and reachable",
        uses("health", "Ask the server how it is", "postgres/health"),
      ),
      item(
        "backup-created",
        "New logical backup file created under `./backups/` for the drill run",
        uses("take-backup", "Dump the primary", "postgres/backup", {
          about:
            "The freezer session holds ACCESS SHARE locks on every table, so the dump and the fingerprints see the very same moment. Writers go on.",
        }),
        run("header", "Spot-check the file header", 'head -20 "$BACKUP_FILE"', optional),
      ),
    ),
    section(
      "Restore into a separate database",
      item(
        "created",
        "Separate restore database created successfully",
        uses(
          "create-restore-database",
          "Create the restore database",
          "postgres/create-restore-database",
        ),
      ),
      item(
        "restored",
        "Backup restored without an error",
        uses("restore", "Restore the backup", "postgres/restore"),
      ),
      item(
        "proven",
        "Restored database proven equal to the primary",
        uses(
          "prove",
          "Compare everything with the fingerprints taken at the dump",
          "postgres/prove",
        ),
      ),
    ),
    section(
      "Validation and smokes",
      item(
        "play-item",
        "Optional: a throwaway user can play a short game against the restored DB",
        {
          ...common("play", "Create a throwaway user and play a short game", optional),
          kind: "confirm",
          confirm:
            "Open ${APP_URL} in a browser, register a throwaway user, start a game and make three moves.\n\nThe address is also https://staging.example.org/a/very/long/path/to/a/page?with=query&and=more.",
          ask: [
            { name: "game_id", label: "Game id", matches: "\\S+", optional: false },
            { name: "mood", label: "How did it feel", choices: ["fast", "slow"], optional: true },
          ],
        },
      ),
      item("spikes", "No unexpected spikes in Grafana during the drill", {
        ...common("spikes-seen", "Look at Grafana", {}),
        kind: "confirm",
        confirm: "Look at the dashboards.",
        ask: [],
      }),
    ),
    section(
      "Cleanup",
      item(
        "dropped",
        "Restore database dropped (or clearly labelled and left)",
        uses("drop", "Drop the restore database", "postgres/drop-restore-database", {
          always: true,
        }),
      ),
    ),
  ],
};
