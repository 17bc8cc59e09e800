import { expect, it } from "vitest";
import { lastWords } from "../../../source/environment/compose/docker.ts";

it.each([
  [
    "Error response from daemon: driver failed: port is already allocated",
    "Error: failed to start containers: a8f109888632",
  ],
  [
    "Error response from daemon: driver failed: port is already allocated",
    "See 'docker run --help'.",
  ],
])("tells Docker's reason, not what it says after it: %s, %s", (reason, after) => {
  expect(lastWords(["Creating x ... done", reason, after])).toBe(reason);
});

it("tells what there is when there is no reason", () => {
  expect(lastWords(["Error: failed to start containers: a8f1"])).toContain("a8f1");
  expect(lastWords([])).toBe("it said nothing");
});
