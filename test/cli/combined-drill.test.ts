/** The combined drill: on the practice environment as shipped, and where the rotation changes data. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { newHome, runCli, startCli } from "../helpers/cli.ts";
import { stepStatuses } from "../helpers/entry-steps.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../helpers/postgres15.ts";

const SHIPPED = new URL("../../checklists/combined-drill.yaml", import.meta.url);
const KIND = "Backup/restore + secrets rotation (combined drill)";

let home: string;
beforeEach(async () => {
  home = await newHome();
});

function entry(): unknown {
  return JSON.parse(readFileSync(join(home, "log.jsonl"), "utf8").trim().split("\n").at(-1) ?? "");
}

function step(id: string, status: string, observed?: string) {
  const checks = expect.arrayContaining([expect.objectContaining({ observed })]);
  return {
    steps: expect.arrayContaining([
      expect.objectContaining({ id, status, ...(observed === undefined ? {} : { checks }) }),
    ]),
  };
}

async function listening(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

describe("the combined drill on the practice environment", () => {
  it("proves, rotates, switches the app and proves again, and its entry says which kind it was", async () => {
    const words = ["--environment", "practice", "--set", "TOKEN_PATH=/api/token"];
    const { exit, stdout, stderr } = await runCli(["run", "combined-drill", ...words], { home });
    expect(exit, stdout + stderr).toBe(0);
    const made = entry();
    expect(made).toMatchObject({
      verdict: "passed",
      kind: KIND,
      related: expect.arrayContaining(["database-backup-restore", "secrets-rotation"]),
      proof: { verdict: "equal" },
    });
    for (const [item, inside] of [
      ["restored", step("prove", "passed")],
      ["old-in-use", step("old-token", "passed", "answered with 200")],
      ["switched", step("app-new-ready", "passed")],
      ["switched", step("new-token", "passed", "answered with 200")],
      ["switched", step("old-token-refused", "passed", "answered with 401")],
      ["retired", step("only-new", "passed", "its login is refused")],
      ["retired", step("app-still-ready", "passed")],
      ["data-unchanged", step("prove-again", "passed")],
      ["smokes-passed", step("auth-smoke", "passed")],
    ] as const) {
      const items = expect.arrayContaining([expect.objectContaining({ id: item, ...inside })]);
      expect(made).toMatchObject({ items });
    }
    const backups = readdirSync(join(home, "practice-backups"));
    expect(backups.filter((name) => name.includes("rotation"))).toEqual([]);
    for (const format of ["markdown", "html", "json"]) {
      const file = join(home, `entry.${format}`);
      await runCli(["log", "export", "--format", format, "--output", file], { home });
      expect(readFileSync(file, "utf8")).toContain(KIND);
      expect(readFileSync(file, "utf8")).toContain("secrets-rotation");
    }
  }, 120_000);

  it("asks nothing of another server at the address of the app it has stopped", async () => {
    const [reached, go] = [join(home, "reached"), join(home, "go")];
    const wait = `touch '${reached}'; until test -e '${go}'; do sleep 0.05; done`;
    const between = `          - { id: between, title: Between, run: ${JSON.stringify(wait)} }\n`;
    const [before = "", after = ""] = readFileSync(SHIPPED, "utf8").split(
      /^(?=.*id: app-smoke$)/mu,
    );
    const failing = after.replace('JWT_SECRET: "${SECRETS_DIR}/.rotation-new-key"', "X: /nowhere");
    const file = join(home, "fails-late.yaml");
    writeFileSync(file, `${before}${between}${failing}`);
    const asked: string[] = [];
    const other = createServer(({ url = "" }, answer) => {
      asked.push(url);
      answer.end('{"status":"ready"}');
    });
    onTestFinished(() => void other.close());
    const port = await listening(other, 0);
    await new Promise((resolve) => other.close(resolve));

    const words = ["--headless", "--environment", "practice", "--set", `APP_PORT=${port}`];
    const running = startCli(["run", file, ...words, "--set", "TOKEN_PATH=/api/token"], { home });
    await expect.poll(() => existsSync(reached), { timeout: 60_000 }).toBe(true);
    expect(running.stdout()).toContain(`http://127.0.0.1:${port}`);
    await listening(other, port);
    writeFileSync(go, "");
    const { exit, stdout, stderr } = await running.ended;
    expect(exit, stdout + stderr).toBe(0);
    expect(asked).toEqual([]);
    expect(stepStatuses(entry())).toMatchObject({
      "app-smoke": "deviation",
      "app-smoke-ready": "not-applicable",
      "auth-smoke": "not-applicable",
      "load-smoke": "not-applicable",
    });
  }, 120_000);
});

it("needs an operator who tries the tokens where no address for them is named", async () => {
  const words = ["--headless", "--environment", "practice"];
  const { exit, stderr } = await runCli(["run", "combined-drill", ...words], { home });
  expect(exit).toBe(5);
  expect(stderr).toContain("token-by-hand");
}, 60_000);

describe("a rotation on a practice environment that went away half-way", () => {
  it("starts anew with other secrets, and leaves none of either", async () => {
    const [reached, go] = [join(home, "reached"), join(home, "go")];
    const wait = `touch '${reached}'; until test -e '${go}'; do sleep 0.05; done`;
    const step = `          - { id: between, title: Between, run: ${JSON.stringify(wait)} }\n`;
    const text = readFileSync(new URL("secrets-rotation.yaml", SHIPPED), "utf8");
    const file = join(home, "half-way.yaml");
    writeFileSync(file, text.replace("          - id: retire-old\n", `${step}$&`));
    const words = ["--headless", "--environment", "practice", "--set", "TOKEN_PATH=/api/token"];
    const running = startCli(["run", file, ...words], { home });
    await expect.poll(() => existsSync(reached), { timeout: 60_000 }).toBe(true);
    running.child.kill("SIGKILL");
    const { stdout } = await running.ended;
    const secrets = () =>
      readdirSync(join(home, "practice-backups")).filter((name) => name.startsWith(".rotation"));
    expect(secrets()).toHaveLength(4);
    writeFileSync(go, "");
    const id = /drill-\d{8}-\d{6}-\w+/.exec(stdout)?.[0] ?? "";
    const resumed = await runCli(["resume", id, "--headless"], { home });
    expect(resumed.exit, resumed.stdout + resumed.stderr).toBe(0);
    expect(secrets()).toEqual([]);
  }, 120_000);
});

describe.runIf(postgres15Available)("a rotation that changes the data", () => {
  let server: Postgres15;
  beforeAll(async () => {
    server = await startPostgres15();
    server.createRole("ringrift", "pw", "CREATEDB CREATEROLE");
    server.createDatabase("ringrift", "ringrift");
    server.psql("SET ROLE ringrift; CREATE TABLE games (id int PRIMARY KEY)", "ringrift");
  });
  afterAll(() => server?.stop());

  it("is found by the second proof", async () => {
    const place = `host: ${server.host}, port: ${server.port}, user: ringrift, database: ringrift`;
    writeFileSync(
      join(home, "restore-drill.yaml"),
      `default: local\nenvironments:\n  local: { target: direct, ${place}, password: "\${PW}", backups: { host: . } }\n`,
    );
    const write = `          - { id: write, title: Write, run: 'psql -X "$DATABASE_URL" -c "INSERT INTO games VALUES (1)"' }\n`;
    const text = readFileSync(SHIPPED, "utf8");
    const file = join(home, "writes.yaml");
    writeFileSync(file, text.replace("          - id: retire-old\n", `${write}$&`));
    const { exit, stdout, stderr } = await runCli(["run", file, "--headless"], {
      home,
      env: { PW: "pw", PATH: `${server.bin}:${process.env.PATH}` },
    });
    expect(exit, stdout + stderr).toBe(1);
    expect(entry()).toMatchObject({ verdict: "failed", proof: { verdict: "different" } });
    expect(stdout).toContain("FAILED  prove-again");
    expect(server.psql("SELECT count(*) FROM games", "ringrift")).toBe("0");
    expect(server.psql("SELECT count(*) FROM pg_roles WHERE rolname LIKE '%drill%'")).toBe("0");
  }, 60_000);
});
