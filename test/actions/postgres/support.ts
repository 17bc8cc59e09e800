/** A real server, a real direct target and a context that records what an action says. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ActionContext } from "../../../source/actions/action.ts";
import { databaseUndoer } from "../../../source/actions/undo-database.ts";
import type { Resource } from "../../../source/drill/types.ts";
import type { Target } from "../../../source/environment/target.ts";
import { openDirectTarget } from "../../../source/environment/targets/direct.ts";
import type { Connection } from "../../../source/postgres/connection.ts";
import { fail } from "../../../source/problem.ts";
import type { Postgres15 } from "../../helpers/postgres15.ts";
import { must } from "../../helpers/results.ts";

export interface Place {
  readonly target: Target;
  /** Project directory; backups go to `backups` below it. */
  readonly project: string;
  close(): Promise<void>;
}

export async function openPlace(
  server: Postgres15,
  connection: Connection & { readonly password: string },
  database: string,
): Promise<Place> {
  const project = mkdtempSync(join(tmpdir(), "restore-drill-place-"));
  const target = must(
    await openDirectTarget(
      {
        name: "test",
        target: "direct",
        production: false,
        project,
        backups: { host: join(project, "backups") },
        database,
        bin: server.bin,
        ...connection,
      },
      { line: () => {}, signal: new AbortController().signal },
    ),
  );
  return {
    target,
    project,
    async close() {
      await target.close();
      rmSync(project, { recursive: true, force: true });
    },
  };
}

export interface Recorded {
  readonly context: ActionContext;
  readonly commands: string[];
  readonly lines: string[];
  /** What is to be masked from then on. */
  readonly secrets: string[];
  readonly progress: Parameters<ActionContext["progress"]>[];
  /** The ledger, as the engine would keep it. */
  readonly resources: Resource[];
  abort(): void;
  keep(database: string, reason: string): void;
  /** What a cleanup would do with everything owed. */
  undoAll(): Promise<readonly string[]>;
}

export interface RecordOptions {
  readonly drill?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly passed?: readonly string[];
  /** Called when a command is journaled, right before it is issued. */
  onCommand?(text: string): void | Promise<void>;
}

export function record(target: Target, options: RecordOptions = {}): Recorded {
  const commands: string[] = [];
  const lines: string[] = [];
  const secrets: string[] = [];
  const progress: Recorded["progress"] = [];
  const resources: Resource[] = [];
  const abort = new AbortController();
  const update = (id: string, change: Partial<Resource>) => {
    const at = resources.findIndex((resource) => resource.id === id);
    const found = resources[at];
    if (found === undefined) throw new Error(`no resource ${id}`);
    resources[at] = { ...found, ...change };
  };
  const context: ActionContext = {
    target,
    restoreDatabase: "unused",
    variables: options.variables ?? {},
    drill: {
      id: options.drill ?? "drill-1",
      startedAt: "2026-11-22T14:30:00.000Z",
      fit: ["staging"],
    },
    step: "step",
    signal: abort.signal,
    get resources() {
      return resources.filter(({ status }) => status !== "released");
    },
    passedBackups: async () => new Set(options.passed),
    line: (_stream, text) => void lines.push(text),
    progress: (...told) => void progress.push(told),
    secret: (value) => void secrets.push(value),
    async command(text) {
      commands.push(text);
      await options.onCommand?.(text);
    },
    async register(resource) {
      const others = resources.filter(({ id }) => id !== resource.id);
      resources.splice(0, resources.length, ...others);
      resources.push({ ...resource, step: "step", status: "owed" });
    },
    async release(id, how) {
      update(id, { status: "released", reason: how });
    },
    toRemove: [],
    undo: async ({ label }) => fail({ code: "failed", message: `Nothing here undoes ${label}.` }),
  };
  return {
    context,
    commands,
    lines,
    secrets,
    progress,
    resources,
    abort: () => abort.abort(),
    keep(database, reason) {
      const owed = resources.find(({ undo }) => undo.database === database);
      if (owed === undefined) throw new Error(`${database} is not owed`);
      update(owed.id, { status: "kept", reason });
    },
    async undoAll() {
      const told: string[] = [];
      for (const resource of [...resources]) {
        if (resource.status !== "owed" || resource.kind !== "database") continue;
        const outcome = await databaseUndoer.undo(resource, {
          ...context,
          signal: new AbortController().signal,
        });
        told.push(outcome.ok ? outcome.how : outcome.problem.message);
        if (outcome.ok) update(resource.id, { status: "released" });
      }
      return told;
    },
  };
}
