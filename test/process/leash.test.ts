import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { processes } from "../../source/process/run.ts";
import { must, problemOf } from "../helpers/results.ts";
import { waitFor } from "../helpers/wait-for.ts";

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "restore-drill-leash-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Found {
  readonly pid: number;
  readonly group: number;
}

/** Living processes with this text among their arguments. */
function carrying(marker: string): readonly Found[] {
  return readdirSync("/proc").flatMap((name) => {
    try {
      if (!/^\d+$/u.test(name)) return [];
      if (!readFileSync(`/proc/${name}/cmdline`, "utf8").includes(marker)) return [];
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const [state, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return state === "Z" ? [] : [{ pid: Number(name), group: Number(group) }];
    } catch {
      return [];
    }
  });
}

/** The program itself, or the shell that is about to become it: not its watcher. */
const programs = (marker: string) => carrying(marker).filter(({ pid, group }) => pid === group);

const API = JSON.stringify(new URL("../../source/process/run.ts", import.meta.url).href);
const start = (marker: string) =>
  `await processes.start({ command: ["bash", "-c", "trap '' INT; sleep 1000 & wait", "${marker}"], leashed: true });`;

test.runIf(process.platform === "linux")(
  "nothing of a program outlives a kill -9 of its parent, however early",
  async () => {
    const early = `const { ChildProcess } = await import("node:child_process");
      const { spawn } = ChildProcess.prototype;
      ChildProcess.prototype.spawn = function (...given) {
        spawn.apply(this, given);
        process.kill(process.pid, "SIGKILL");
      };`;
    const markers = Array.from({ length: 12 }, (_, at) => `marker-${process.pid}-${at}-`);
    await Promise.all(
      markers.map(async (marker, at) => {
        const script = `const { processes } = await import(${API}); ${at % 3 === 0 ? "" : early}
          ${start(marker)} process.kill(process.pid, "SIGKILL");`;
        const parent = must(
          await processes.run({
            command: [process.execPath, "--input-type=module", "-e", script],
          }),
        );
        expect(parent.signal).toBe("SIGKILL");
      }),
    );
    await waitFor(() => expect(markers.flatMap(programs)).toEqual([]));
  },
);

test("it ends as it would without a leash, and nothing watches on", async () => {
  const marker = `marker-${process.pid}-ends`;
  const run = (script: string) =>
    processes.run({ command: ["bash", "-c", script, marker], leashed: true });
  expect(must(await run("echo out; echo err >&2; exit 3"))).toMatchObject({
    ...{ exit: 3, signal: null, stdout: "out\n", stderr: "err\n" },
  });
  expect(must(await run("kill -9 $$"))).toMatchObject({ exit: null, signal: "SIGKILL" });
  expect(must(await run("kill -TERM $$"))).toMatchObject({ exit: null, signal: "SIGTERM" });
  expect(must(await run("sleep 1000 >/dev/null 2>&1 & exit 0"))).toMatchObject({ exit: 0 });
  expect(carrying(marker)).toEqual([]);
});

test("it has the process id that is told, a group of its own, and no descriptor more", async () => {
  const running = must(
    await processes.start({
      command: [
        "bash",
        "-c",
        "echo $$ $(ps -o pgid= $$) $(ps -o pid= --ppid $$ | wc -l); [ -e /proc/$$/fd/3 ]",
      ],
      leashed: true,
    }),
  );
  const { stdout, exit } = await running.exited;
  // Its only child is the one that counts them.
  expect(stdout.trim().split(" ")).toEqual([String(running.pid), String(running.pid), "1"]);
  expect(exit).toBe(1);
});

test("stopping ends all of it, watcher and all", async () => {
  const marker = `marker-${process.pid}-stopped`;
  const lines: string[] = [];
  const running = must(
    await processes.start({
      command: ["bash", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done", marker],
      leashed: true,
      onLine: (_stream, text) => lines.push(text),
    }),
  );
  await waitFor(() => expect(lines).toEqual(["ready"]));
  expect(await running.stop(0.2)).toMatchObject({ exit: null, signal: "SIGKILL" });
  expect(carrying(marker)).toEqual([]);
});

test("arguments are no shell text, and files are its input and output", async () => {
  const stdin = join(home, "in");
  const stdout = join(home, "out");
  writeFileSync(stdin, "a\nb\n");
  const hostile = ['$(touch x)"; rm -rf /', "two\nlines", "-n", "*", "", "`id`"];
  const script = 'cat; printf "%s\\0" "$@"';
  const outcome = must(
    await processes.run({
      ...{ command: ["bash", "-c", script, "name", ...hostile], stdin, stdout, cwd: home },
      leashed: true,
    }),
  );
  expect(outcome).toMatchObject({ exit: 0, stdout: "", stderr: "" });
  expect(readFileSync(stdout, "utf8")).toBe(`a\nb\n${hostile.map((one) => `${one}\0`).join("")}`);
  expect(existsSync(join(home, "x"))).toBe(false);
});

test("what cannot be started is told as ever", async () => {
  const told = async (command: readonly [string, ...string[]], cwd?: string) =>
    problemOf(
      await processes.run({ command, leashed: true, ...(cwd === undefined ? {} : { cwd }) }),
    ).message;
  const file = join(home, "plain.txt");
  writeFileSync(file, "text", { mode: 0o644 });
  expect(await told(["pg_nothing"])).toBe("pg_nothing was not found on PATH.");
  expect(await told([join(home, "none")])).toContain("was not found.");
  expect(await told([file])).toContain("permission denied");
  expect(await told(["ls"], join(home, "none"))).toContain("there is no such directory");
});
