import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/cloud/**/*.cloud.ts"],
    env: { CI: "false", FORCE_COLOR: "0" },
    globalSetup: ["test/helpers/before-all.ts"],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
