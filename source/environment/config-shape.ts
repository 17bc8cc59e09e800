/** What `restore-drill.yaml` may hold. Texts may hold `${NAME}`, resolved when one is chosen. */
import { z } from "zod";

export const WHOLE_REFERENCE = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/;

const secret = z
  .string()
  .regex(WHOLE_REFERENCE)
  .describe("A reference to the process environment, such as ${DB_PASSWORD}; never a literal");

const text = z.string().min(1);
const port = z.union([z.int().min(1).max(65_535), z.string().regex(WHOLE_REFERENCE)]);
const path = text.regex(/^[^\0]+$/, { error: "holds a NUL character" });
const urlPath = z.string().regex(/^\/[^\s]*$/, { error: "must be a path that begins with /" });

const query = z.union([
  text,
  z.strictObject({
    query: text.describe("PromQL; of several series, the worst at each time counts"),
    limit: z.number().exactOptional().describe("The drill must not bring it beyond this"),
    worse: z.enum(["higher", "lower"]).default("higher"),
  }),
]);

const monitoring = z.strictObject({
  prometheus: text.exactOptional(),
  alertmanager: text.exactOptional(),
  grafana: text.exactOptional(),
  queries: z
    .record(text, query)
    .exactOptional()
    .describe("Figures of Prometheus to compare with the time before the drill, by name"),
});

const migrations = z.strictObject({
  tool: z.literal("prisma"),
  directory: path.describe("Relative to the project"),
});

const common = {
  production: z.boolean().default(false).describe("Refuses every destructive checklist"),
  project: path.default(".").describe("Where `run` steps start"),
  user: text,
  database: text,
  password: secret.exactOptional(),
  monitoring: monitoring.exactOptional(),
  migrations: migrations.exactOptional(),
};

const appCommon = {
  port: z.int().min(1).max(65_535).default(3000),
  health: urlPath.default("/health"),
  ready: urlPath.default("/ready"),
};

export const directShape = z.strictObject({
  target: z.literal("direct"),
  ...common,
  host: text.describe("A host name, an address, or a socket directory"),
  port: port.default(5432),
  bin: path.exactOptional().describe("Directory of pg_dump, psql, pg_restore; default PATH"),
  backups: z.strictObject({ host: path }).default({ host: "./backups" }),
  app: z
    .strictObject({
      ...appCommon,
      command: text.describe("A bash script reading PORT and DATABASE_URL"),
    })
    .exactOptional(),
});

export const composeShape = z.strictObject({
  target: z.literal("compose"),
  ...common,
  files: z.array(path).default([]).describe("Compose files, relative to the project"),
  envFile: path.exactOptional().describe("For `--env-file`, relative to the project"),
  projectName: text.exactOptional().describe("For `--project-name`; default: as Compose names it"),
  profiles: z.array(text).default([]).describe("Compose profiles to enable"),
  compose: z
    .enum(["v1", "v2"])
    .exactOptional()
    .describe("docker-compose (v1) or docker compose (v2); default: the newer one there is"),
  service: text.default("postgres"),
  backups: z
    .strictObject({ host: path, container: path.default("/backups") })
    .default({ host: "./backups", container: "/backups" }),
  app: z
    .strictObject({
      ...appCommon,
      service: text,
      words: z
        .array(text)
        .min(1)
        .exactOptional()
        .describe("What its container runs, such as [npm, run, start]; default: as the service"),
    })
    .exactOptional(),
});

export const SHAPES = { direct: directShape, compose: composeShape } as const;
export type WrittenEnvironment = z.output<typeof directShape> | z.output<typeof composeShape>;

export const fileShape = z.strictObject({
  default: text.exactOptional(),
  environments: z.record(
    z.string().regex(/^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u, {
      error: "is no environment name: use letters, digits, dots, dashes and underscores",
    }),
    z.looseObject({ target: z.enum(["direct", "compose"]) }),
  ),
});
