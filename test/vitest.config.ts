import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
    // Ink renders differently where CI is set; the tests look at what an operator sees.
    env: { CI: "false", FORCE_COLOR: "0" },
    testTimeout: 60_000,
    globalSetup: ["test/helpers/before-all.ts"],
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
