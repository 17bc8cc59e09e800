import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { makePrivateDirectory } from "../../source/practice/private-directory.ts";

const made: string[] = [];

afterEach(() => {
  vi.unstubAllEnvs();
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
});

function closedTemporaryDirectory(): string {
  const closed = mkdtempSync(join(tmpdir(), "closed-"));
  made.push(closed);
  const inner = join(closed, "tmp");
  mkdirSync(inner);
  chmodSync(inner, 0o1777);
  return inner;
}

it("stays in the temporary directory that was asked for", () => {
  const inner = closedTemporaryDirectory();
  vi.stubEnv("TMPDIR", inner);
  expect(dirname(makePrivateDirectory({}))).toBe(inner);
});

it("moves where the server's user can reach it, and is closed to all others", () => {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  // Root gives it away; anybody else stands for the stranger by a user id that owns nothing.
  const user = uid === 0 ? { uid: 65_534, gid: 65_534 } : { uid, gid };
  const inner = closedTemporaryDirectory();
  vi.stubEnv("TMPDIR", inner);
  const directory = makePrivateDirectory(user);
  made.push(directory);
  expect(dirname(directory)).toBe(uid === 0 ? "/tmp" : inner);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(statSync(directory).uid).toBe(user.uid);
});
