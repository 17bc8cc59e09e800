import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { CUT_MARK, LINE_LIMIT } from "../../source/process/lines.ts";
import { processes } from "../../source/process/run.ts";
import { TAIL_BYTES } from "../../source/process/tail.ts";
import { must, problemOf } from "../helpers/results.ts";
import { waitFor } from "../helpers/wait-for.ts";

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "restore-drill-run-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function node(script: string): [string, ...string[]] {
  return [process.execPath, "-e", script];
}

function bash(script: string): [string, ...string[]] {
  return ["bash", "-c", script];
}

/** A living process, not one that waits to be reaped. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

describe("outcomes", () => {
  test("exit code, both outputs, lines", async () => {
    const lines: string[] = [];
    const outcome = must(
      await processes.run({
        command: bash("echo out; echo err >&2; printf last; exit 3"),
        onLine: (stream, text) => lines.push(`${stream} ${text}`),
      }),
    );
    expect(outcome).toMatchObject({ exit: 3, signal: null, timedOut: false, cancelled: false });
    expect(outcome).toMatchObject({ stdout: "out\nlast", stderr: "err\n" });
    expect(lines.sort()).toEqual(["stderr err", "stdout last", "stdout out"]);
  });

  test("arguments go nowhere near a shell", async () => {
    const hostile = ['$(touch x)"; rm -rf /', "two\nlines", "-n", "*", "\u001b[31m"];
    const script = "process.stdout.write(JSON.stringify(process.argv.slice(1)))";
    const outcome = must(
      await processes.run({ command: [...node(script), "--", ...hostile], cwd: home }),
    );
    expect(JSON.parse(outcome.stdout)).toEqual(hostile);
    expect(existsSync(join(home, "x"))).toBe(false);
  });

  test("the environment is added to, variables can be taken away, and our Node comes first", async () => {
    vi.stubEnv("RESTORE_DRILL_TEST_GONE", "1");
    const script =
      "process.stdout.write([process.env.ADDED, process.env.RESTORE_DRILL_TEST_GONE, process.env.PATH].join('|'))";
    const outcome = must(
      await processes.run({
        command: node(script),
        env: { ADDED: "yes" },
        unset: ["RESTORE_DRILL_TEST_GONE"],
      }),
    );
    vi.unstubAllEnvs();
    const [added, gone, path] = outcome.stdout.split("|");
    expect([added, gone]).toEqual(["yes", ""]);
    expect(path?.split(":")[0]).toBe(dirname(process.execPath));
  });
});

describe("what cannot be started", () => {
  test("a missing program says where it was looked for", async () => {
    expect(problemOf(await processes.run({ command: ["pg_nothing"] }))).toEqual({
      code: "unusable",
      message: "pg_nothing was not found on PATH.",
      hint: "Install pg_nothing, or name its directory in the environment's `bin`.",
    });
  });

  test("a missing directory is not mistaken for a missing program", async () => {
    const problem = problemOf(await processes.run({ command: ["ls"], cwd: join(home, "none") }));
    expect(problem.message).toContain("there is no such directory");
  });

  test("a file that may not be run", async () => {
    const file = join(home, "plain.txt");
    writeFileSync(file, "text", { mode: 0o644 });
    expect(problemOf(await processes.run({ command: [file] })).message).toContain(
      "permission denied",
    );
  });

  test("a failed start leaves no output file", async () => {
    const stdout = join(home, "never");
    expect(problemOf(await processes.run({ command: ["pg_nothing"], stdout })).code).toBe(
      "unusable",
    );
    expect(existsSync(stdout)).toBe(false);
  });

  test("an aborted signal starts nothing", async () => {
    const stdout = join(home, "aborted");
    const signal = AbortSignal.abort();
    const problem = problemOf(await processes.run({ command: bash("echo x"), stdout, signal }));
    expect(problem.code).toBe("interrupted");
    expect(existsSync(stdout)).toBe(false);
  });
});

describe("files", () => {
  test("standard input from one, standard output to a new private one", async () => {
    const stdin = join(home, "in");
    const stdout = join(home, "out");
    writeFileSync(stdin, "a\nb\n");
    const lines: string[] = [];
    const onLine = (_stream: string, text: string) => lines.push(text);
    const outcome = must(await processes.run({ command: ["cat"], stdin, stdout, onLine }));
    expect(readFileSync(stdout, "utf8")).toBe("a\nb\n");
    expect(statSync(stdout).mode & 0o777).toBe(0o600);
    expect([outcome.stdout, lines]).toEqual(["", []]);
  });

  test("a file that is there is never replaced", async () => {
    const stdout = join(home, "there");
    writeFileSync(stdout, "precious");
    const problem = problemOf(await processes.run({ command: bash("echo x"), stdout }));
    expect(problem.message).toContain("exists already");
    expect(readFileSync(stdout, "utf8")).toBe("precious");
  });

  test("without one, standard input is empty", async () => {
    expect(must(await processes.run({ command: ["cat"] }))).toMatchObject({ exit: 0, stdout: "" });
  });
});

describe("a flood of output", () => {
  test("a million lines arrive whole, with only the tail kept", async () => {
    let count = 0;
    let last = "";
    const outcome = must(
      await processes.run({
        command: ["seq", "1000000"],
        onLine(_stream, text) {
          count += 1;
          last = text;
        },
      }),
    );
    expect([count, last]).toEqual([1_000_000, "1000000"]);
    expect(Buffer.byteLength(outcome.stdout)).toBeLessThanOrEqual(TAIL_BYTES);
    expect(outcome.stdout.endsWith("999999\n1000000\n")).toBe(true);
  });

  test("a line without an end is capped", async () => {
    const lines: string[] = [];
    const outcome = must(
      await processes.run({
        command: bash("head -c 30000000 /dev/zero | tr '\\0' x; echo; echo after"),
        onLine: (_stream, text) => lines.push(text),
      }),
    );
    expect(lines.map((line) => line.length)).toEqual([LINE_LIMIT + CUT_MARK.length, 5]);
    expect(outcome.stdout.length).toBe(TAIL_BYTES);
  });
});

describe("ending", () => {
  const FAMILY = "sleep 1000 & echo $!; sleep 1000 & echo $!; echo ready; wait";

  async function family(options: { signal?: AbortSignal; timeoutSeconds?: number } = {}) {
    const lines: string[] = [];
    const onLine = (_stream: string, text: string) => lines.push(text);
    const running = must(await processes.start({ command: bash(FAMILY), onLine, ...options }));
    await waitFor(() => expect(lines).toContain("ready"));
    return { running, pids: [running.pid, ...lines.slice(0, 2).map(Number)] };
  }

  test("stopping ends the whole group, and can be asked for twice", async () => {
    const { running, pids } = await family();
    const outcome = await running.stop();
    expect(outcome).toMatchObject({ exit: null, signal: "SIGTERM", cancelled: false });
    expect(pids.filter(lives)).toEqual([]);
    expect(await running.stop()).toEqual(outcome);
  });

  test("an abort ends the whole group", async () => {
    const abort = new AbortController();
    const { running, pids } = await family({ signal: abort.signal });
    abort.abort();
    expect(await running.exited).toMatchObject({ cancelled: true, timedOut: false });
    expect(pids.filter(lives)).toEqual([]);
  });

  test("a time-out ends it, and says so", async () => {
    const outcome = must(await processes.run({ command: bash("sleep 1000"), timeoutSeconds: 0.2 }));
    expect(outcome).toMatchObject({ exit: null, timedOut: true, cancelled: false });
  });

  test("what ignores SIGTERM is killed after the grace", async () => {
    const lines: string[] = [];
    const running = must(
      await processes.start({
        command: bash("trap '' TERM; echo ready; while :; do sleep 1; done"),
        onLine: (_stream, text) => lines.push(text),
      }),
    );
    await waitFor(() => expect(lines).toEqual(["ready"]));
    expect(await running.stop(0.2)).toMatchObject({ exit: null, signal: "SIGKILL" });
    expect(lives(running.pid)).toBe(false);
  });

  test("a child left in the background does not outlive the command", async () => {
    const outcome = must(
      await processes.run({ command: bash("sleep 1000 >/dev/null 2>&1 & echo $!; exit 0") }),
    );
    expect(outcome.exit).toBe(0);
    expect(lives(Number(outcome.stdout))).toBe(false);
  });

  test("one that left the group cannot hold the output open", async () => {
    const outcome = must(await processes.run({ command: bash("setsid sleep 20 & echo gone") }));
    expect(outcome).toMatchObject({ exit: 0, stdout: "gone\n" });
  });

  test("children end with this process", async () => {
    const api = new URL("../../source/process/run.ts", import.meta.url).href;
    const script = `
      const { processes } = await import(${JSON.stringify(api)});
      await processes.start({ command: ["bash", "-c", "echo $$; sleep 1000 & echo $!; wait"],
        onLine(_stream, text) { console.log(text); if (++globalThis.seen === 2) process.exit(0); } });`;
    const parent = must(
      await processes.run({
        command: [process.execPath, "--input-type=module", "-e", `globalThis.seen = 0;${script}`],
      }),
    );
    const pids = parent.stdout.trim().split("\n").map(Number);
    expect(pids).toHaveLength(2);
    await waitFor(() => expect(pids.filter(lives)).toEqual([]));
  });
});
