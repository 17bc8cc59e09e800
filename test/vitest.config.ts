import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Begun last, a whole drill would keep one worker busy while the other has nothing left to do. */
const LONG = ["/test/pty/", "/test/cli/", "/test/practice/", "/test/faults/", "/test/postgres/"];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONG.findIndex((folder) => moduleId.includes(folder));
      return at < 0 ? LONG.length : at;
    };
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

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
    sequence: { sequencer: LongFirst },
  },
});
