import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/staging/**/*.staging.ts"],
    env: { CI: "false", FORCE_COLOR: "0" },
    globalSetup: ["test/staging/before-all.ts"],
    testTimeout: 240_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
  },
});
