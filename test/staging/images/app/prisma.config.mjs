import { PrismaPg } from "@prisma/adapter-pg";
import { defineConfig } from "prisma/config";

const { DATABASE_URL } = process.env;

export default defineConfig({
  engine: "js",
  experimental: { adapter: true },
  schema: "prisma/schema.prisma",
  adapter: () => Promise.resolve(new PrismaPg({ connectionString: DATABASE_URL })),
});
