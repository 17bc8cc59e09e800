/** Plugs the real journal, spool, runner and signer into an engine, under the drill's locks. */
import { readFile } from "node:fs/promises";
import { createStepRunner } from "../actions/runner.ts";
import type { DrillState } from "../drill/state.ts";
import type { Resource } from "../drill/types.ts";
import { createEngine, type StartableEngine } from "../engine/engine.ts";
import type { EnginePorts, JournalPort } from "../engine/ports.ts";
import type { Target } from "../environment/target.ts";
import { acquireLock, drillLockPath, type Lock, restoreLockPath } from "../journal/lock.ts";
import { passedBackups } from "../log/passed-backups.ts";
import { createSigner } from "../log/signer.ts";
import { ok, type Problem, type Result } from "../problem.ts";
import { createLearningRedactor } from "../process/redact.ts";
import { processes } from "../process/run.ts";
import { createSpool } from "../process/spool.ts";
import { drillPaths, type Storage } from "../settings/storage.ts";
import { toolSummary } from "./tool.ts";

/** An engine and what has to be let go with it. */
export interface Assembled {
  readonly engine: StartableEngine;
  close(): Promise<void>;
}

export interface OpenedJournal {
  readonly journal: JournalPort;
  /** Replayed, when the drill goes on. */
  readonly initial?: DrillState;
}

export interface AssembleRequest {
  readonly storage: Storage;
  readonly target: Target;
  readonly drill: string;
  readonly operator: string;
  readonly restoreDatabase: string;
  /** Declared secret variables; they reach child processes only. */
  readonly secretValues: Readonly<Record<string, string>>;
  /** Path of the operator's own signing key. */
  readonly signingKey?: string;
  readonly onFatal: (problem: Problem) => void;
  /** Called under the drill's lock: nobody else writes from here on. */
  readonly openJournal: () => Promise<Result<OpenedJournal>>;
}

export async function assemble(request: AssembleRequest): Promise<Result<Assembled>> {
  const locks = await takeLocks(request);
  if (!locks.ok) return locks;
  const release = () => Promise.all(locks.value.map((lock) => lock.release()));
  const opened = await request.openJournal();
  if (!opened.ok) {
    await release();
    return opened;
  }
  const { journal, ...initial } = opened.value;
  const generated = await generatedSecrets(initial.initial?.resources ?? []);
  const engine = createEngine({ ports: portsOf(request, journal, generated), ...initial });
  return ok({
    engine,
    async close() {
      await engine.close("The app was closed.");
      await release();
    },
  });
}

/** What an earlier life of this drill generated is as secret in this one. */
async function generatedSecrets(resources: readonly Resource[]): Promise<readonly string[]> {
  const files = resources
    .filter(({ kind, status }) => (kind === "role" || kind === "secret") && status !== "released")
    .map(({ undo }) => undo.file ?? "");
  const read = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
  return read.filter((text) => text !== "");
}

function portsOf(
  request: AssembleRequest,
  journal: JournalPort,
  generated: readonly string[],
): EnginePorts {
  const { storage, target, restoreDatabase, secretValues, signingKey } = request;
  const redactor = createLearningRedactor([
    ...target.secrets,
    ...Object.values(secretValues),
    ...generated,
  ]);
  const runner = createStepRunner({
    target,
    restoreDatabase,
    secretValues,
    passedBackups: () => passedBackups(storage.log),
    redact: redactor.redact,
    learnSecret: redactor.learn,
    processes,
  });
  const keyPath = signingKey === undefined ? {} : { keyPath: signingKey };
  return {
    journal,
    spool: createSpool(drillPaths(storage, request.drill).spools),
    runner,
    signer: createSigner({ storage, tool: toolSummary(), ...keyPath }),
    clock: () => new Date().toISOString(),
    onFatal: request.onFatal,
  };
}

async function takeLocks(request: AssembleRequest): Promise<Result<readonly Lock[]>> {
  const { storage, target, drill, operator, restoreDatabase } = request;
  const { systemIdentifier } = target.summary.server;
  const own = await acquireLock({
    path: drillLockPath(storage.locks, drill),
    what: `Drill ${drill}`,
    operator,
    drill,
  });
  if (!own.ok) return own;
  const shared = await acquireLock({
    path: restoreLockPath(storage.locks, systemIdentifier, restoreDatabase),
    what: `The restore database "${restoreDatabase}"`,
    operator,
    drill,
  });
  if (shared.ok) return ok([own.value, shared.value]);
  await own.value.release();
  return shared;
}
