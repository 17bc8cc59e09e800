/** What is found in a Compose project, and what is saved of it. */
import { describe, expect, test } from "vitest";
import { discover } from "../../../source/environment/compose/discover.ts";
import {
  parseResolved,
  type ResolvedProject,
} from "../../../source/environment/compose/resolved.ts";
import { parseEnvironments } from "../../../source/environment/config.ts";
import { configText } from "../../../source/environment/save.ts";
import { must, problemOf } from "../../helpers/results.ts";

function project(services: string): ResolvedProject {
  return must(parseResolved(`services:\n${services}`));
}

function found(services: string, prisma = false) {
  const result = discover(project(services), { name: "compose", directory: "/srv/game", prisma });
  if (result === undefined) throw new Error("nothing was found");
  return result;
}

const SERVER = `
  db:
    image: postgres:15-alpine
    environment: { POSTGRES_USER: ringrift, POSTGRES_DB: "ring rift", POSTGRES_PASSWORD: hunter2 }
    ports: ["127.0.0.1:5433:5432/tcp"]
    volumes: ["/srv/game/dumps:/var/backups:rw"]
`;
const REST = `
  web:
    image: game:1
    depends_on: [db]
    environment: { PORT: "8080", DATABASE_URL: "postgresql://ringrift:hunter2@db:5432/ringrift" }
    expose: ["9229", "8080"]
  worker:
    build: { context: . }
    environment: { DATABASE_URL: "postgresql://ringrift:hunter2@db:5432/ringrift" }
  exporter:
    image: prometheuscommunity/postgres-exporter:1
    environment: { DATABASE_URL: "postgresql://ringrift:hunter2@db:5432/ringrift" }
    ports: ["9187:9187"]
  metrics: { image: "prom/prometheus:v2", ports: ["9091:9090/tcp"] }
  alertmanager: { image: "monitoring:1", ports: ["9094:9093/tcp"] }
  grafana: { image: "grafana/grafana", expose: ["3000"] }
`;

describe("discovery", () => {
  test("reads server, app, monitoring and migrations, and says where from", () => {
    const { config, found: lines } = must(found(SERVER + REST, true));
    expect(config).toEqual({
      name: "compose",
      target: "compose",
      production: false,
      project: "/srv/game",
      files: [],
      service: "db",
      user: "ringrift",
      database: "ring rift",
      password: "hunter2",
      backups: { host: "/srv/game/dumps", container: "/var/backups" },
      app: { service: "web", port: 8080, health: "/health", ready: "/ready" },
      monitoring: { prometheus: "http://localhost:9091", alertmanager: "http://localhost:9094" },
      migrations: { tool: "prisma", directory: "/srv/game/prisma/migrations" },
    });
    expect(lines.map(({ key }) => key)).toEqual([
      ...["service", "database", "user", "password", "port", "backups", "app"],
      ...["prometheus", "alertmanager", "migrations"],
    ]);
    expect(JSON.stringify(lines)).not.toContain("hunter2");
  });

  test("does not choose between two servers", () => {
    const problem = problemOf(found(`${SERVER}  other: { image: "bitnami/postgresql:15" }\n`));
    expect(problem.message).toMatch(/2 Postgres services: db, other/);
    expect(problem.hint).toMatch(/service: db/);
  });

  test("knows a server of an own image by its variables, and no client by its password", () => {
    const own = `
  store: { image: "corp/store:3", environment: { POSTGRES_PASSWORD: x } }
  api: { image: "corp/api:3", environment: { POSTGRES_PASSWORD: x, POSTGRES_HOST: store } }
`;
    expect(must(found(own)).config).toMatchObject({
      service: "store",
      user: "postgres",
      database: "postgres",
      backups: { host: "/srv/game/backups", container: "/backups" },
    });
    const none = project(`  api: { image: a, environment: { DATABASE_URL: "postgres://x/y" } }`);
    const place = { name: "compose", directory: "/srv", prisma: false };
    expect(discover(none, place)).toBeUndefined();
  });

  test("leaves the app out when two fit equally", () => {
    const two = REST.replace("  worker:", "  second:").replace(
      "build: { context: . }",
      "expose: ['1']",
    );
    expect(must(found(SERVER + two)).config.app).toBeUndefined();
  });
});

test("what is saved reads back as what was found, without the password", () => {
  const { config, found: lines } = must(found(SERVER + REST, true));
  const odd = { ...config, user: "a: b #c", database: '${"x"}\n' };
  const text = configText(odd, lines);
  expect(text).not.toContain("hunter2");
  expect(text).toContain("# POSTGRES_DB of service db");
  const read = parseEnvironments(text, "/srv/game/restore-drill.yaml", {});
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const { password: _, ...expected } = odd;
  const [offer] = read.value.offered;
  if (offer === undefined) throw new Error("nothing was read");
  expect(must(offer.config)).toEqual({ ...expected, profiles: [] });
});
