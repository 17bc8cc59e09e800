import { PrismaPg } from "@prisma/adapter-pg";
import { defineConfig } from "prisma/config";

/** Without `allowExitOnIdle` every command would end ten seconds late, with its last connection. */
const pool = { connectionString: process.env.DATABASE_URL, allowExitOnIdle: true };

export default defineConfig({
  engine: "js",
  experimental: { adapter: true },
  schema: "prisma/schema.prisma",
  adapter: () => Promise.resolve(new PrismaPg(pool)),
});
