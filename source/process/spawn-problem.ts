/** Why a child process could not be started, for an operator. */
import { stat } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Problem } from "../problem.ts";
import type { ProcessRequest } from "./process.ts";

export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

export async function spawnProblem(request: ProcessRequest, error: unknown): Promise<Problem> {
  const program = request.command[0];
  const code = errorCode(error);
  if (request.cwd !== undefined && !(await isDirectory(request.cwd))) {
    return {
      code: "unusable",
      message: `${program} cannot be started in ${request.cwd}: there is no such directory.`,
      hint: "Check the environment's project directory.",
    };
  }
  const path = program.includes("/");
  const where = path ? "" : " on PATH";
  // The search of PATH also ends in EACCES where only a directory on it may not be read.
  const denied = code === "EACCES" && !path && !(await isOnPath(program));
  const known: Readonly<Record<string, Problem>> = {
    ENOENT: {
      code: "unusable",
      message: `${program} was not found${where}.`,
      hint: path
        ? "Check the path, or the environment's `bin`."
        : `Install ${program}, or name its directory in the environment's \`bin\`.`,
    },
    EACCES: {
      code: "unusable",
      message: `${program} may not be run: permission denied.`,
      hint: "Check that the file is executable for this user.",
    },
    E2BIG: { code: "failed", message: `${program} was given more arguments than fit.` },
    EAGAIN: {
      code: "unusable",
      message: `${program} cannot be started: this user has too many processes.`,
      hint: "End some of them, or raise the limit (ulimit -u).",
    },
  };
  return (
    known[denied ? "ENOENT" : code] ?? {
      code: "unusable",
      message: `${program} cannot be started (${code === "" ? "unknown error" : code}).`,
    }
  );
}

export function streamProblem(doing: "read" | "write", path: string, error: unknown): Problem {
  const code = errorCode(error);
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: doing === "read" ? "there is no such file" : "its directory does not exist",
    EEXIST: "it exists already",
    EACCES: "permission denied",
    EISDIR: "it is a directory",
    ENOSPC: "no space is left on the device",
    EROFS: "the file system is read-only",
  };
  const verb = doing === "read" ? "read" : "created";
  return {
    code: "failed",
    message: `${path} cannot be ${verb}: ${reasons[code] ?? (code || "unknown error")}.`,
  };
}

async function isOnPath(program: string): Promise<boolean> {
  const directories = (process.env.PATH ?? "").split(delimiter);
  const found = await Promise.all(directories.map((one) => isFile(join(one, program))));
  return found.includes(true);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
