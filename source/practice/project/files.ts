/** The files of the game's project. Text in modules, so that they survive bundling. */
import { MIGRATIONS } from "../database/migrations.ts";
import { CONFIGURATION } from "./configuration.ts";
import { SCHEMA } from "./schema.ts";
import { SCRIPTS } from "./scripts.ts";
import { SMOKES } from "./smokes.ts";

const PACKAGE = {
  name: "ringrift-practice",
  version: "1.0.0",
  private: true,
  type: "module",
  description: "What the practice drill of restore-drill treats as the game's checkout.",
  scripts: {
    "validate:deployment": "node scripts/validate-deployment.mjs",
    "validate:monitoring": "node scripts/validate-monitoring.mjs",
    "ssot-check": "node scripts/ssot-check.mjs",
    "load:orchestrator:smoke": "node scripts/load-smoke.mjs",
  },
};

/** Path below the project directory to text. */
export const PROJECT_FILES: Readonly<Record<string, string>> = {
  "package.json": `${JSON.stringify(PACKAGE, null, 2)}\n`,
  "prisma/schema.prisma": SCHEMA,
  "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
  ...Object.fromEntries(
    MIGRATIONS.map(({ name, sql }) => [`prisma/migrations/${name}/migration.sql`, sql]),
  ),
  ...CONFIGURATION,
  ...SCRIPTS,
  ...SMOKES,
};
