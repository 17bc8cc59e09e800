/**
 * The practice environment: a real PostgreSQL with a staging-like database, in a private
 * directory that goes away with this process, however it ends.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { type Binaries, prepareBinaries } from "./binaries.ts";
import { type Cluster, createCluster, startCluster } from "./cluster.ts";
import { fillDatabase } from "./database/fill.ts";
import { findNativeTree, PRACTICE_VERSION } from "./native-tree.ts";
import { makePrivateDirectory } from "./private-directory.ts";
import { writeProject } from "./project/write-project.ts";
import { chooseUser, type RunAs } from "./run-as.ts";
import { tearDown } from "./teardown.ts";
import { interrupted } from "./tool.ts";
import { startWatchdog, type Watchdog } from "./watchdog.ts";

export interface PracticeServer {
  readonly host: "127.0.0.1";
  readonly port: number;
  readonly socketDirectory: string;
  readonly database: "ringrift";
  /** Owns the database; no superuser, but may create databases and roles and read statistics. */
  readonly user: "ringrift";
  readonly password: string;
  /** Of the superuser `postgres`; for tests, and for redaction. */
  readonly superuserPassword: string;
  /** Private directory of all of it. */
  readonly directory: string;
  /** What a checkout of the game would be: package.json, scripts, migrations. */
  readonly project: string;
  /** Stops the server and removes the directory; safe to call twice. */
  close(): Promise<void>;
}

export interface PracticeServerOptions {
  line(text: string): void;
  /** Stops the start; once started, `close` is the way. */
  readonly signal: AbortSignal;
  /** Directory of the PostgreSQL files; default: where npm put them. */
  readonly native?: string;
}

export async function startPracticeServer(
  options: PracticeServerOptions,
): Promise<Result<PracticeServer>> {
  if (options.signal.aborted) return interrupted();
  const native = options.native === undefined ? findNativeTree() : ok(options.native);
  if (!native.ok) return native;
  const user = chooseUser();
  if (!user.ok) return user;
  const place = attempt("make its private directory", () => makePrivateDirectory(user.value));
  if (!place.ok) return place;
  const directory = place.value;
  const watchdog = startWatchdog(directory);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= tearDown(directory).then(() => watchdog.release());
    return closing;
  };
  try {
    const life = { directory, watchdog, user: user.value, native: native.value };
    const started = await startInside(life, options);
    if (!started.ok) await close();
    return started.ok ? ok({ ...started.value, close }) : started;
  } catch (bug) {
    await close();
    throw bug;
  }
}

interface Life {
  readonly directory: string;
  readonly watchdog: Watchdog;
  readonly user: RunAs;
  readonly native: string;
}

async function startInside(
  life: Life,
  options: PracticeServerOptions,
): Promise<Result<Omit<PracticeServer, "close">>> {
  const { directory, user, watchdog } = life;
  const superuserPassword = randomBytes(24).toString("base64url");
  const binaries = await prepareBinaries({ ...life, ...options, native: life.native });
  if (!binaries.ok) return binaries;
  const cluster = await createAndStart(binaries.value, options, {
    directory,
    user,
    watchdog,
    password: superuserPassword,
  });
  if (!cluster.ok) return cluster;
  options.line("Filling ringrift: 300 users, 5,000 games, 20,000 moves");
  const password = randomBytes(24).toString("base64url");
  const { port, socketDirectory } = cluster.value;
  const filled = await fillDatabase({ port, superuserPassword, password, signal: options.signal });
  if (!filled.ok) return filled;
  const project = attempt("write its project", () => writeProject(join(directory, "project")));
  if (!project.ok) return project;
  if (!watchdog.isWatching()) return fail(unwatched());
  return ok({
    host: "127.0.0.1",
    port,
    socketDirectory,
    database: "ringrift",
    user: "ringrift",
    password,
    superuserPassword,
    directory,
    project: project.value,
  });
}

async function createAndStart(
  binaries: Binaries,
  options: PracticeServerOptions,
  place: Omit<Life, "native"> & { readonly password: string },
): Promise<Result<Cluster>> {
  const request = { ...place, binaries, signal: options.signal };
  options.line(`Creating a PostgreSQL ${PRACTICE_VERSION} cluster`);
  const created = await createCluster(request);
  if (!created.ok) return created;
  options.line(`Starting PostgreSQL ${PRACTICE_VERSION} on the loopback address`);
  return startCluster(request);
}

function attempt<T>(what: string, work: () => T): Result<T> {
  try {
    return ok(work());
  } catch (error) {
    return fail({
      code: "unusable",
      message: `The practice environment could not ${what}: ${error instanceof Error ? error.message : String(error)}`,
      hint: "It needs about 100 MB in the temporary directory; TMPDIR can name another one.",
    });
  }
}

function unwatched(): Problem {
  return {
    code: "unusable",
    message: "The process that would clean up after the practice environment did not stay.",
    hint: "Check that this user may start processes; without it a crash would leave a server behind.",
  };
}
