import { describe, expect, test } from "vitest";
import { chooseEnvironment, environmentRows } from "../../source/environment/choose.ts";
import { type Environments, parseEnvironments } from "../../source/environment/config.ts";
import { metricQueries } from "../../source/environment/metric-queries.ts";
import { must, problemOf } from "../helpers/results.ts";

const FILE = "/srv/app/restore-drill.yaml";
const CONTRACT = `default: staging
environments:
  staging:
    target: compose
    project: .                       # directory of the compose files
    files: [docker-compose.yml]      # optional
    service: postgres
    database: ringrift
    user: ringrift
    password: \${DB_PASSWORD}         # only references to the process environment; never a literal
    backups: { host: ./backups, container: /backups }
    app: { service: app, port: 3000, health: /health, ready: /ready }
    monitoring: { prometheus: http://localhost:9090, alertmanager: http://localhost:9093, grafana: http://localhost:3000 }
    migrations: { tool: prisma, directory: prisma/migrations }
  local:
    target: direct
    host: 127.0.0.1                  # or a socket directory
    port: 5432
    user: ringrift
    database: ringrift
    bin: /usr/lib/postgresql/15/bin  # optional; default PATH
    backups: { host: ./backups }
`;

function parsed(text: string, env: Record<string, string> = {}): Environments {
  const result = parseEnvironments(text, FILE, env);
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 1));
  return result.value;
}

function complaints(text: string): readonly string[] {
  const result = parseEnvironments(text, FILE, {});
  if (result.ok) throw new Error("expected complaints");
  return result.problems.map(({ where, message, hint }) => {
    return `${where?.replace(`${FILE}:`, "")} ${message}${hint === undefined ? "" : ` (${hint})`}`;
  });
}

function direct(lines: string): string {
  return `environments:\n  local:\n    target: direct\n    host: db\n    user: u\n    database: d\n${lines}`;
}

describe("the file of the contract", () => {
  test("is taken as it stands", () => {
    const environments = parsed(CONTRACT, { DB_PASSWORD: "s3cret" });
    expect(environments.default).toBe("staging");
    expect(environments.offered.map(({ name }) => name)).toEqual(["staging", "local", "practice"]);
    expect(must(chooseEnvironment({ environments }))).toMatchObject({
      name: "staging",
      target: "compose",
      production: false,
      project: "/srv/app",
      files: ["/srv/app/docker-compose.yml"],
      password: "s3cret",
      backups: { host: "/srv/app/backups", container: "/backups" },
      app: { service: "app", port: 3000, health: "/health", ready: "/ready" },
      migrations: { tool: "prisma", directory: "/srv/app/prisma/migrations" },
    });
    expect(must(chooseEnvironment({ environments, name: "local" }))).toEqual({
      name: "local",
      target: "direct",
      production: false,
      project: "/srv/app",
      host: "127.0.0.1",
      port: 5432,
      user: "ringrift",
      database: "ringrift",
      bin: "/usr/lib/postgresql/15/bin",
      backups: { host: "/srv/app/backups" },
    });
  });

  test("a missing variable matters only to the environment that refers to it", () => {
    const environments = parsed(CONTRACT);
    must(chooseEnvironment({ environments, name: "local" }));
    const problem = problemOf(chooseEnvironment({ environments, name: "staging" }));
    expect(problem).toMatchObject({ code: "invalid", where: `${FILE}:3:3` });
    expect(problem.message).toContain("DB_PASSWORD, which is not set");
    const rows = environmentRows(environments, {});
    expect(rows[0]).toMatchObject({ name: "staging", default: true, problem: problem.message });
    expect(rows[1]).toMatchObject({ address: "127.0.0.1:5432", database: "ringrift" });
    expect(rows.at(-1)).toMatchObject({ name: "practice", production: [] });
  });
});

describe("values", () => {
  test("references work in every text and in the port, and a doubled dollar is a dollar", () => {
    const text = direct("    port: ${PORT}\n    backups: { host: '$${x}/${SUB}' }\n");
    const environments = parsed(text, { PORT: "6543", SUB: "deep" });
    expect(must(chooseEnvironment({ environments }))).toMatchObject({
      port: 6543,
      backups: { host: "/srv/app/${x}/deep" },
    });
    const wrong = parsed(text, { PORT: "many", SUB: "deep" });
    expect(problemOf(chooseEnvironment({ environments: wrong })).message).toContain("no number");
  });

  test("paths are relative to the file, migrations to the project", () => {
    const more =
      "    project: ../game\n    bin: ./bin\n    migrations: { tool: prisma, directory: m }\n";
    const text = direct(more).replace("host: db", "host: ./sockets");
    expect(must(chooseEnvironment({ environments: parsed(text) }))).toMatchObject({
      host: "/srv/app/sockets",
      bin: "/srv/app/bin",
      project: "/srv/game",
      migrations: { directory: "/srv/game/m" },
      backups: { host: "/srv/app/backups" },
    });
  });

  test("figures to watch are PromQL, alone or with a limit; without any, the usual ones", () => {
    const watched = (monitoring: string) => {
      const config = must(
        chooseEnvironment({ environments: parsed(direct(`    monitoring: ${monitoring}\n`)) }),
      );
      return metricQueries("monitoring" in config ? config.monitoring : undefined);
    };
    const queries = "{ A: 'up{a=\"b\"}', B: { query: b, limit: 0.5, worse: lower } }";
    expect(watched(`{ prometheus: http://p, queries: ${queries} }`)).toEqual([
      { name: "A", query: 'up{a="b"}', worse: "higher", noticeable: 0 },
      { name: "B", query: "b", limit: 0.5, worse: "lower", noticeable: 0 },
    ]);
    expect(watched("{ prometheus: http://p, queries: {} }")).toEqual([]);
    expect(watched("{ prometheus: http://p }").length).toBeGreaterThan(3);
    expect(watched(`{ grafana: http://g, queries: ${queries} }`)).toEqual([]);
  });

  test("names of databases and users are data", () => {
    const name = 'x"; drop database y; --\n\u001b[31m';
    const text = direct("").replace("database: d", `database: ${JSON.stringify(name)}`);
    expect(must(chooseEnvironment({ environments: parsed(text) }))).toMatchObject({
      database: name,
    });
  });
});

describe("complaints", () => {
  test.each([["hunter2"], ["12345"], ["${A}${B}"], ["x${A}"], ["[a]"]])(
    "a literal password %s is refused and not repeated",
    (password) => {
      expect(complaints(direct(`    password: ${password}\n`))).toEqual([
        "7:15 a password must not be written here (Put it in the environment and refer to it: password: ${DB_PASSWORD})",
      ]);
    },
  );

  test("say line, column and what was meant", () => {
    expect(complaints(direct("    prot: 1\n    port: 0\n    service: x\n"))).toEqual([
      '7:5 unknown key "prot" in environment "local" (Did you mean "port"? Known keys are target, production, project, user, database, password, monitoring, migrations, host, port, bin, backups, app.)',
      '8:11 "port" must be at least 1',
      expect.stringContaining('9:5 unknown key "service" in environment "local"'),
    ]);
    expect(complaints("environments: { a: { target: dirct } }")).toEqual([
      '1:30 "target" cannot be "dirct" (Did you mean "direct"? Known are direct, compose.)',
    ]);
    expect(complaints("environments: { a: { target: direct, host: h } }")).toEqual([
      expect.stringContaining('environment "a" has no "user"'),
      expect.stringContaining('environment "a" has no "database"'),
    ]);
    expect(complaints("environments: { a b: { target: direct } }")[0]).toContain("1:17 ");
    expect(complaints("default: x\n\tenvironments: {}")[0]).toMatch(/^2:1 /);
    expect(complaints("")).toEqual([`${FILE} the file is empty`]);
  });

  test("practice cannot be defined, and the default must be there", () => {
    const text = direct("").replace("local:", "practice:");
    expect(complaints(text)).toEqual([
      '2:3 "practice" is built in and cannot be defined again (Choose another name.)',
    ]);
    expect(complaints(`default: locl\n${direct("")}`)).toEqual([
      '1:10 "default" names the environment "locl", which is not there (Did you mean "local"? Known are local, practice.)',
    ]);
    const two = `${direct("")}  other: { target: direct, host: h, user: u, database: d }\n`;
    expect(complaints(two)[0]).toContain('several environments and no "default"');
  });
});

describe("choosing", () => {
  test("an unknown name is a problem with a guess", () => {
    const problem = problemOf(
      chooseEnvironment({ environments: parsed(CONTRACT), name: "stagin" }),
    );
    expect(problem.code).toBe("invalid");
    expect(problem.hint).toBe('Did you mean "staging"? Known are staging, local, practice.');
  });

  test("the settings' default counts only without a file", () => {
    const environments = parsed(direct(""));
    const chosen = must(chooseEnvironment({ environments, settingsDefault: "practice" }));
    expect(chosen.name).toBe("local");
  });
});
