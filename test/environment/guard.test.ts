import { describe, expect, test } from "vitest";
import { guardPlace, productionReasons, productionWord } from "../../source/environment/guard.ts";
import type { ComposeConfig, DirectConfig } from "../../source/environment/types.ts";

const direct: DirectConfig = {
  name: "staging",
  target: "direct",
  production: false,
  project: "/opt/ringrift-production",
  host: "db.internal",
  port: 5432,
  user: "ringrift",
  database: "ringrift",
  backups: { host: "/opt/backups" },
};
const compose: ComposeConfig = {
  name: "staging",
  target: "compose",
  production: false,
  project: "/opt/ringrift",
  files: ["/opt/ringrift/docker-compose.yml"],
  service: "postgres",
  user: "ringrift",
  database: "ringrift",
  backups: { host: "/opt/backups" },
};

describe("words", () => {
  test.each([
    "prod",
    "PROD",
    "my_production",
    "ringrift-prd",
    "db-prod-1",
    "prod01",
    "live",
    "appProd",
    "ProdDb",
    "myapp-production.abc123.eu-west-1.rds.amazonaws.com",
    "10.prod.example.com",
    "1prod",
  ])("%s smells", (name) => {
    expect(productionWord(name)).toMatch(/^(prod|production|prd|live)$/);
  });

  test.each([
    "product_catalog",
    "reproduction",
    "practice",
    "products",
    "delivery",
    "olive",
    "alive",
    "livestream",
    "non-production",
    "nonprod",
    "pre_prod",
    "preprod",
    "ringrift_restore_drill",
    "staging.rds.amazonaws.com",
    "",
  ])("%s does not", (name) => {
    expect(productionWord(name)).toBeUndefined();
  });
});

const STAGING = ["staging"] as const;

describe("the guard", () => {
  test("lets a clean environment pass", () => {
    expect(
      guardPlace(direct, { NODE_ENV: "development", PGHOST: "localhost" }, STAGING),
    ).toBeUndefined();
    expect(guardPlace(compose, {}, STAGING)).toBeUndefined();
  });

  const suspicious: readonly (readonly [string, Partial<DirectConfig>])[] = [
    ["production: true", { production: true }],
    ["its name", { name: "eu-prod" }],
    ["its database", { database: "game_live" }],
    ["its user", { user: "prod_admin" }],
    ["its host", { host: "prod.abc.eu-west-1.rds.amazonaws.com" }],
    ["its prometheus host", { monitoring: { prometheus: "https://prom.prod.example.com/x" } }],
  ];
  test.each(suspicious)("refuses for %s", (reason, change) => {
    const problem = guardPlace({ ...direct, ...change }, {}, STAGING);
    expect(problem?.code).toBe("refused");
    expect(problem?.message).toContain(reason);
  });

  test("looks at the files and the directory of a Compose project", () => {
    const files = ["/opt/ringrift/docker-compose.prod.yml"];
    expect(productionReasons({ ...compose, files }, {})[0]).toContain("Compose file");
    const project = "/srv/live";
    expect(productionReasons({ ...compose, project }, {})[0]).toContain("project directory");
  });

  test.each([
    { NODE_ENV: "production" },
    { PGHOST: "prod-db" },
    { PGDATABASE: "production" },
    { DATABASE_URL: "postgresql://u:secret@db.prod.example.com/app" },
    { DATABASE_URL: "postgresql://u:secret@db/app_production?sslmode=require" },
  ])("refuses for the shell's %o, and tells no secret", (env) => {
    const problem = guardPlace(direct, env, STAGING);
    expect(problem?.code).toBe("refused");
    expect(problem?.message).toContain("in the shell");
    expect(problem?.message).not.toContain("secret");
  });

  test("practice is a server of its own", () => {
    const practice = { name: "practice", target: "practice" } as const;
    expect(productionReasons(practice, { NODE_ENV: "production" })).toEqual([]);
  });

  test("gives every reason at once", () => {
    const all = productionReasons(
      { ...direct, name: "prod", host: "live" },
      { NODE_ENV: "production" },
    );
    expect(all).toHaveLength(3);
  });

  test("lets a checklist for production go where production is marked, and nowhere else", () => {
    const marked = { ...direct, production: true };
    expect(guardPlace(marked, {}, ["production"])).toBeUndefined();
    expect(guardPlace(marked, {}, ["staging", "production"])).toBeUndefined();
    expect(guardPlace(marked, {}, STAGING)?.message).toContain("marked `production: true`");
    expect(guardPlace(direct, {}, ["staging", "production"])).toBeUndefined();
    const inStaging = guardPlace(direct, {}, ["production"]);
    expect(inStaging).toMatchObject({ code: "refused" });
    expect(inStaging?.message).toContain("for production only");
    const practice = { name: "practice", target: "practice" } as const;
    expect(guardPlace(practice, {}, ["production"])?.code).toBe("refused");
  });

  test("a name that only smells of production is not enough for a checklist made for it", () => {
    const unmarked = guardPlace({ ...direct, name: "eu-prod" }, {}, ["production"]);
    expect(unmarked).toMatchObject({ code: "refused", hint: expect.stringContaining("mark it") });
  });
});
