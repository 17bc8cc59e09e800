/** `npm run validate:*` and `ssot-check`: small, and they do look. */

const CHECK = String.raw`import { existsSync, readFileSync } from "node:fs";

const problems = [];

/** Notes what does not hold, and goes on. */
export function check(holds, what) {
  console.log((holds ? "ok   " : "FAIL ") + what);
  if (!holds) problems.push(what);
}

export function readText(path) {
  check(existsSync(path), path + " exists");
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

export function readJson(path) {
  const text = readText(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    check(false, path + " is JSON (" + error.message + ")");
    return {};
  }
}

export function readNames(path) {
  return readText(path).split("\n").flatMap((line) => /^([A-Z_]+)=/.exec(line)?.[1] ?? []);
}

export function finish(title) {
  if (problems.length > 0) {
    console.error(title + ": " + problems.length + " problem(s)");
    process.exit(1);
  }
  console.log(title + ": all good");
}
`;

const DEPLOYMENT = String.raw`import { check, finish, readJson, readNames } from "./check.mjs";

const compose = readJson("docker-compose.json");
const { postgres, app } = compose.services ?? {};
check(postgres?.environment?.POSTGRES_DB === "ringrift", "the primary database is ringrift");
check(Boolean(postgres?.healthcheck), "postgres has a health check");
check((postgres?.volumes ?? []).includes("./backups:/backups"), "postgres mounts ./backups at /backups");
check((app?.depends_on ?? []).includes("postgres"), "app waits for postgres");

const known = new Set(readNames(".env.example"));
const used = [...JSON.stringify(compose).matchAll(/\$\{([A-Z_]+)\}/g)].map((match) => match[1]);
for (const name of new Set(used)) check(known.has(name), "variable " + name + " is in .env.example");
check(!/PASSWORD":"(?!\$\{)/.test(JSON.stringify(compose)), "no password is written down");
finish("validate:deployment");
`;

const MONITORING = String.raw`import { check, finish, readJson } from "./check.mjs";

const { groups = [] } = readJson("monitoring/alerts.json");
const rules = groups.flatMap((group) => group.rules ?? []);
check(rules.length > 0, "there are alert rules");
for (const rule of rules) {
  check(Boolean(rule.expr && /^\d+[smh]$/.test(rule.for)), "alert " + rule.alert + " has an expression and a duration");
  check(["critical", "warning"].includes(rule.severity), "alert " + rule.alert + " has a known severity");
}
check(new Set(rules.map((rule) => rule.alert)).size === rules.length, "alert names are unique");
check(rules.some((rule) => rule.alert === "BackupTooOld"), "old backups raise an alert");

const { scrape_configs: jobs = [] } = readJson("monitoring/scrape.json");
check(jobs.some((job) => job.job_name === "ringrift"), "the app is scraped");
finish("validate:monitoring");
`;

const SSOT = String.raw`import { existsSync, readdirSync } from "node:fs";
import { check, finish, readNames, readText } from "./check.mjs";

const documented = readText("docs/DEPLOYMENT.md");
for (const name of readNames(".env.example")) {
  check(documented.includes("\x60" + name + "\x60"), "docs/DEPLOYMENT.md tells of " + name);
}

const schema = readText("prisma/schema.prisma");
const names = readdirSync("prisma/migrations", { withFileTypes: true }).filter((entry) => entry.isDirectory());
check(names.length > 0, "there are migrations");
let sql = "";
for (const { name } of names) {
  const file = "prisma/migrations/" + name + "/migration.sql";
  check(/^\d{14}_\w+$/.test(name) && existsSync(file), "migration " + name + " is named and filled as Prisma does");
  sql += existsSync(file) ? readText(file) : "";
}
for (const [, table] of sql.matchAll(/CREATE TABLE "(\w+)"/g)) {
  check(schema.includes('@@map("' + table + '")'), "schema.prisma has table " + table);
}
for (const [, type] of sql.matchAll(/CREATE TYPE "(\w+)" AS ENUM/g)) {
  check(schema.includes("enum " + type + " "), "schema.prisma has enum " + type);
}
finish("ssot-check");
`;

export const SCRIPTS: Readonly<Record<string, string>> = {
  "scripts/check.mjs": CHECK,
  "scripts/validate-deployment.mjs": DEPLOYMENT,
  "scripts/validate-monitoring.mjs": MONITORING,
  "scripts/ssot-check.mjs": SSOT,
};
