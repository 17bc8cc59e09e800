/** What the validation scripts look at. */
export const CONFIGURATION: Readonly<Record<string, string>> = {
  "docker-compose.json": `${JSON.stringify(
    {
      services: {
        postgres: {
          image: "postgres:18",
          environment: {
            POSTGRES_DB: "ringrift",
            POSTGRES_USER: "ringrift",
            POSTGRES_PASSWORD: "${DB_PASSWORD}",
          },
          volumes: ["pgdata:/var/lib/postgresql", "./backups:/backups"],
          healthcheck: { test: ["CMD-SHELL", "pg_isready -U ringrift"] },
        },
        app: {
          build: ".",
          depends_on: ["postgres"],
          environment: { DATABASE_URL: "${DATABASE_URL}", PORT: "3000" },
          ports: ["3000:3000"],
        },
      },
      volumes: { pgdata: {} },
    },
    null,
    2,
  )}\n`,
  ".env.example": `# Values live in the secrets store; see docs/DEPLOYMENT.md.
DB_PASSWORD=
DATABASE_URL=
JWT_SECRET=
`,
  "monitoring/alerts.json": `${JSON.stringify(
    {
      groups: [
        {
          name: "database",
          rules: [
            { alert: "PostgresDown", expr: "pg_up == 0", for: "1m", severity: "critical" },
            {
              alert: "BackupTooOld",
              expr: "time() - ringrift_last_backup_timestamp_seconds > 93600",
              for: "10m",
              severity: "warning",
            },
          ],
        },
      ],
    },
    null,
    2,
  )}\n`,
  "monitoring/scrape.json": `${JSON.stringify(
    { scrape_configs: [{ job_name: "ringrift", static_configs: [{ targets: ["app:3000"] }] }] },
    null,
    2,
  )}\n`,
  "docs/DEPLOYMENT.md": `# Deployment

One \`postgres\` and one \`app\` service, described in docker-compose.json. Backups go to \`./backups\`.

| Variable | Holds |
|---|---|
| \`DB_PASSWORD\` | password of the role \`ringrift\` |
| \`DATABASE_URL\` | where the app finds its database |
| \`JWT_SECRET\` | key of the tokens it hands out |
`,
};
