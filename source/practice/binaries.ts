/**
 * Makes the binaries usable: by the user who will run them, and with the library symlinks that
 * npm leaves out when install scripts are off.
 */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { fail, ok, type Result } from "../problem.ts";
import type { RunAs } from "./run-as.ts";
import { runTool } from "./tool.ts";

export interface Binaries {
  /** Directory of `initdb`, `pg_ctl` and `postgres`. */
  readonly bin: string;
  /** What they need to run; nothing of the caller's own environment. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface BinariesRequest {
  /** Holds `bin`, `lib`, `share` and `pg-symlinks.json`; never written to. */
  readonly native: string;
  /** Private directory, owned by the user. */
  readonly directory: string;
  readonly user: RunAs;
  readonly signal: AbortSignal;
  line(text: string): void;
}

export async function prepareBinaries(request: BinariesRequest): Promise<Result<Binaries>> {
  const links = join(request.directory, "lib");
  mkdirSync(links, { mode: 0o755 });
  const inPlace = describe(request.native, links, request.directory);
  linkLibraries(request.native, links);
  if (isReadable(request.native) && (await runs(inPlace, request)).ok) return ok(inPlace);
  if (request.signal.aborted) return runs(inPlace, request);
  request.line("Unpacking PostgreSQL for a user who cannot read the installed files");
  return unpack(request);
}

async function unpack(request: BinariesRequest): Promise<Result<Binaries>> {
  const copy = join(request.directory, "native");
  const links = join(request.directory, "copied-lib");
  try {
    copyTree(request.native, copy);
    mkdirSync(links, { mode: 0o755 });
    linkLibraries(copy, links);
  } catch (error) {
    return fail({
      code: "unusable",
      message: `The PostgreSQL files could not be copied from ${request.native}: ${reasonOf(error)}`,
      hint: `About 60 MB are needed in ${request.directory}.`,
    });
  }
  return runs(describe(copy, links, request.directory), request);
}

function describe(native: string, links: string, home: string): Binaries {
  const libraries = `${links}:${join(native, "lib")}`;
  return {
    bin: join(native, "bin"),
    environment: {
      PATH: "/usr/bin:/bin",
      HOME: home,
      LC_ALL: "C",
      TZ: "UTC",
      LD_LIBRARY_PATH: libraries,
      DYLD_LIBRARY_PATH: libraries,
    },
  };
}

async function runs(binaries: Binaries, request: BinariesRequest): Promise<Result<Binaries>> {
  const outcome = await runTool({
    program: join(binaries.bin, "postgres"),
    arguments: ["--version"],
    directory: request.directory,
    environment: binaries.environment,
    user: request.user,
    signal: request.signal,
  });
  return outcome.ok ? ok(binaries) : outcome;
}

/** npm applies the installer's umask to every file alike, so one data file speaks for all. */
function isReadable(native: string): boolean {
  if (process.getuid?.() !== 0) return true;
  const sample = join(native, "share", "postgresql", "postgres.bki");
  return existsSync(sample) && (statSync(sample).mode & 0o004) !== 0;
}

const symlinksFile = z.array(z.object({ source: z.string(), target: z.string() }));

function linkLibraries(native: string, links: string): void {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  for (const { source, target } of symlinksFile.parse(JSON.parse(readFileSync(list, "utf8")))) {
    const link = join(links, basename(target));
    if (!existsSync(link)) symlinkSync(join(native, "lib", basename(source)), link);
  }
}

const NOT_NEEDED = /\.a$|^pkgconfig$|^pg-symlinks\.json$/;

function copyTree(from: string, to: string): void {
  mkdirSync(to, { mode: 0o755 });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.name === "pg-symlinks.json") copyFileSync(source, target);
    else if (NOT_NEEDED.test(entry.name)) continue;
    else if (entry.isDirectory()) copyTree(source, target);
    else copyFile(source, target);
  }
}

/** A hard link costs nothing, but only serves where the file itself may be read by all. */
function copyFile(source: string, target: string): void {
  const mode = statSync(source).mode;
  if ((mode & 0o004) !== 0 && tryLink(source, target)) return;
  copyFileSync(source, target);
  chmodSync(target, (mode & 0o100) === 0 ? 0o644 : 0o755);
}

function tryLink(source: string, target: string): boolean {
  try {
    linkSync(source, target);
    return true;
  } catch {
    return false;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
