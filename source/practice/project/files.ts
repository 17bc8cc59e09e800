import { MIGRATIONS } from "../database/migrations.ts";

export const PROJECT_FILES: Readonly<Record<string, string>> = {
  "package.json": "{}\n",
  ...Object.fromEntries(
    MIGRATIONS.map(({ name, sql }) => [`prisma/migrations/${name}/migration.sql`, sql]),
  ),
};
