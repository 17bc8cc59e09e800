/** What a headless drill on a Compose stack costs on top of the runbook's own commands. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENTRY } from "../helpers/cli.ts";
import { buildImages, type Stack, startStack } from "../staging/stack.ts";
import { type Comparison, inTurn } from "./ratio.ts";

/** About a gigabyte, as in the other parts: the commands take most of a minute. */
const MORE_GAMES = 1_000_000;

const VARIABLES = {
  RESTORE_DB: "ringrift_restore_drill",
  BACKUP: "staging_drill_20260102_030405.sql",
};

/** Section 3 of the runbook; no command needs a terminal, as there is none. */
const COMMANDS: Readonly<Record<string, string>> = {
  healthy: "docker-compose ps postgres",
  dump: 'docker-compose exec -T postgres pg_dump -U ringrift -d ringrift -f "/backups/$BACKUP"',
  listed: "ls -lh backups/staging_drill_*.sql | tail -1",
  create: 'docker-compose exec -T postgres createdb -U ringrift "$RESTORE_DB"',
  restore: 'docker-compose exec -T postgres psql -U ringrift -d "$RESTORE_DB" < "backups/$BACKUP"',
  tables: `docker-compose exec -T postgres psql -U ringrift -d "$RESTORE_DB" -c '\\dt'`,
  migrations: `export DATABASE_URL="postgresql://ringrift:$DB_PASSWORD@postgres:5432/$RESTORE_DB"
docker-compose run --rm -T -e NODE_ENV=production -e DATABASE_URL app npx prisma migrate status`,
  drop: 'docker-compose exec -T postgres dropdb -U ringrift "$RESTORE_DB"',
  remove: 'rm "backups/$BACKUP"',
};

/** Why it cannot be measured here; undefined when it can. */
export function composeMissing(): string | undefined {
  const works = (program: string, ...words: readonly string[]) =>
    spawnSync(program, words, { stdio: "ignore" }).status === 0;
  if (!works("docker-compose", "version")) return "docker-compose is not installed";
  return works("docker", "info") ? undefined : "no Docker daemon answers";
}

export async function composeOverhead(rounds: number): Promise<Comparison> {
  const home = mkdtempSync(join(tmpdir(), "restore-drill-bench-"));
  buildImages((line) => console.log(line));
  const stack = await startStack({
    directory: join(home, "ringrift"),
    name: `bench-${process.pid}`,
    compose: "v1",
    moreGames: MORE_GAMES,
    change: giveMemory,
  });
  try {
    const checklist = join(home, "plain.yaml");
    writeFileSync(checklist, JSON.stringify(plainChecklist()));
    const restoreDrill = (...words: readonly string[]) =>
      run(stack, [process.execPath, ENTRY, ...words], { RESTORE_DRILL_HOME: join(home, "home") });
    restoreDrill("environments", "--save");
    return await inTurn(
      rounds,
      async () => restoreDrill("run", checklist, "--headless"),
      async () =>
        run(stack, ["bash", "-euo", "pipefail", "-c", Object.values(COMMANDS).join("\n")], {
          ...VARIABLES,
          DB_PASSWORD: stack.password,
        }),
    );
  } finally {
    stack.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

/** Docker's usual 64 MB are too little for parallel workers on a database of this size. */
function giveMemory(directory: string): void {
  const file = join(directory, "docker-compose.yml");
  const written = readFileSync(file, "utf8");
  const given = written.replace(/^ {2}postgres:$/m, "$&\n    shm_size: 512m");
  if (given === written) throw new Error(`${file} has no service postgres.`);
  writeFileSync(file, given);
}

function plainChecklist() {
  const steps = Object.entries(COMMANDS).map(([id, command]) => ({ id, title: id, run: command }));
  const variables = Object.entries(VARIABLES).map(
    ([name, value]) => [name, { default: value, description: "As in the script" }] as const,
  );
  return {
    id: "plain-runbook",
    title: "The runbook's plain commands",
    variables: Object.fromEntries(variables),
    sections: [{ title: "Commands", items: [{ id: "commands", title: "Commands", steps }] }],
  };
}

/** Throws with what the program said when it fails. */
function run(
  { directory, environment }: Stack,
  [program = "", ...words]: readonly string[],
  variables: Readonly<Record<string, string>>,
): void {
  execFileSync(program, words, {
    cwd: directory,
    env: { ...environment, ...variables },
    stdio: "pipe",
    maxBuffer: 64 * 1024 * 1024,
  });
}
