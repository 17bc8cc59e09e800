/** App, Prisma and `run` steps at the instance that an RDS drill restored: what ends and breaks them. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runCli, startCli } from "../helpers/cli.ts";
import { postgres15Available } from "../helpers/postgres15.ts";
import { alive } from "../helpers/step-world.ts";
import { awsAvailable, SOURCE } from "./fake-rds.ts";
import { said } from "./lab-drill.ts";
import { MIGRATIONS_SQL, seenByApp, writeLabProject } from "./lab-project.ts";
import { useRdsLab } from "./rds-lab.ts";

describe.runIf(postgres15Available && awsAvailable)("the app of the RDS drill", () => {
  const lab = useRdsLab();
  const seenAt = () => join(lab.home, "app.json");
  const games = () => lab.source.psql("SELECT count(*) FROM games", "shop").trim();

  beforeAll(() => {
    lab.source.psql(`SET ROLE shop; ${MIGRATIONS_SQL}`, "shop");
  });
  beforeEach(() => writeLabProject(lab.home, lab.source));

  it("is ended by abandon after kill -9, and the instance with it", async () => {
    const env = { ILL: "yes" };
    const running = startCli(lab.words("--set", "APP_PORT=0"), lab.options(env));
    await expect.poll(() => existsSync(seenAt()), { timeout: 60_000, interval: 50 }).toBe(true);
    running.child.kill("SIGKILL");
    const killed = await running.ended;
    const id = /drill-\d{8}-\d{6}-\w+/.exec(said(killed))?.[0] ?? "";
    const abandoned = await runCli(["abandon", id], lab.options(env));
    expect(abandoned.exit, said(abandoned)).toBe(0);
    expect(alive(seenByApp(lab.home).pid)).toBe(false);
    lab.nothingLeft();
  });

  it("is refused where the host is the primary's own", async () => {
    const { host, port } = lab.source;
    writeFileSync(
      join(lab.home, "own.yaml"),
      checklist(
        `- { id: app, title: App, uses: app/start, with: { database: shop, port: "0", host: "${host}", hostPort: "${port}" } }`,
      ),
    );
    const done = await runCli([join(lab.home, "own.yaml"), "--headless"], lab.options());
    expect(done.exit).toBe(1);
    expect(said(done)).toContain("is the primary itself");
    expect(existsSync(seenAt())).toBe(false);
  });

  it("fails where Prisma finds a migration missing on the instance", async () => {
    const place = `region: eu-central-1, endpoint: "${lab.rds.url}"`;
    const lose = `${lab.source.bin}/psql -XAt -d "$INSTANCE_URL" -c "DELETE FROM _prisma_migrations"`;
    const there = 'host: "${INSTANCE_HOST}", port: "${INSTANCE_PORT}"';
    const prisma = `database: shop, ${there}, command: npx prisma migrate status, says: up to date`;
    writeFileSync(
      join(lab.home, "prisma.yaml"),
      checklist(
        `- { id: take, title: Take, uses: rds/snapshot, with: { instance: ${SOURCE}, ${place} } }`,
        `- { id: restore, title: Restore, uses: rds/restore, with: { source: ${SOURCE}, snapshot: "\${SNAPSHOT_ID}", ${place} } }`,
        `- { id: wait, title: Wait, uses: rds/wait, with: { instance: "\${INSTANCE_ID}", ${place} } }`,
        `- { id: lose, title: Lose, run: '${lose}' }`,
        `- { id: ask, title: Ask, uses: app/run, with: { ${prisma} } }`,
      ),
    );
    const done = await runCli([join(lab.home, "prisma.yaml"), "--headless"], lab.options());
    expect(done.exit, said(done)).toBe(1);
    expect(said(done)).toContain("Not yet applied: 1_init");
    lab.nothingLeft();
  });

  it("gives a run step the instance's address as INSTANCE_URL", async () => {
    const place = `region: eu-central-1, endpoint: "${lab.rds.url}"`;
    const psql = `${lab.source.bin}/psql -XAt`;
    writeFileSync(
      join(lab.home, "run.yaml"),
      checklist(
        `- { id: none, title: None, run: 'test -z "$INSTANCE_URL"' }`,
        `- { id: take, title: Take, uses: rds/snapshot, with: { instance: ${SOURCE}, ${place} } }`,
        `- { id: restore, title: Restore, uses: rds/restore, with: { source: ${SOURCE}, snapshot: "\${SNAPSHOT_ID}", ${place} } }`,
        `- { id: wait, title: Wait, uses: rds/wait, with: { instance: "\${INSTANCE_ID}", ${place} } }`,
        `- { id: drop, title: Drop, run: '${psql} -d "$INSTANCE_URL" -c "DELETE FROM games RETURNING inet_server_port()" | sort -u' }`,
        `- { id: tell, title: Tell, run: 'echo "at $INSTANCE_URL"; exit 3' }`,
      ),
    );
    const done = await runCli([join(lab.home, "run.yaml"), "--headless"], lab.options());
    expect(done.exit, said(done)).toBe(1);
    expect(games()).toBe("200");
    expect(said(done)).toMatch(/at postgres\S*••••@/);
    expect(said(done)).not.toContain("pw-of-shop");
    lab.nothingLeft();
  });
});

function checklist(...steps: readonly string[]): string {
  const lines = steps.map((step) => `          ${step}\n`).join("");
  return `id: own
title: Own
sections:
  - title: Only
    items:
      - id: item
        title: Item
        steps:
${lines}`;
}
