/**
 * A fake of Cloud SQL that speaks as much of its Admin API as gcloud asks for in a drill. Behind it
 * are real PostgreSQL servers: a backup is a base backup of the source, and restoring it starts a
 * server of its own, which a relay makes answer at another address and the same port, as at the
 * provider. What it is not: the provider; credentials and rights are not looked at.
 */
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Server as Relay } from "node:net";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { baseBackup15, type Postgres15, startCopy15 } from "../helpers/postgres15.ts";
import { COPY_HOST, relayTo } from "./relay.ts";

export const PROJECT = "shop-staging-1";
export const SOURCE = "shop-db";

/** What goes wrong on purpose. */
export interface Faults {
  /** Said to these calls instead of doing them. */
  readonly refuse?: Readonly<Record<string, Refusal>>;
  /** So many answers to this call are 429. */
  throttle?: { readonly call: string; times: number };
  readonly backupStaysAt?: string;
  readonly instanceStaysAt?: string;
  readonly restoreFails?: string;
  /** The label that a new instance has, once it was restored into. */
  readonly label?: string;
  /** Before the restore is done. */
  tamper?(restored: Postgres15): void;
}

export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly reason?: string;
}

interface Instance {
  state: string;
  host?: string;
  labels: Readonly<Record<string, string>>;
  server?: Postgres15;
  relay?: Relay;
}

interface Operation {
  status: string;
  error?: string;
}

interface Backup {
  readonly id: string;
  readonly description: string;
  readonly startTime: string;
  readonly endTime: string;
  readonly status: string;
  readonly home: string;
}

type Answer = { readonly body: object } | { readonly refusal: Refusal };

interface Request {
  /** The instance, backup or operation that the path names. */
  readonly name: string;
  readonly run: string;
  readonly body: z.output<typeof bodyShape>;
}

const bodyShape = z.looseObject({
  name: z.string().default(""),
  description: z.string().default(""),
  settings: z
    .looseObject({ userLabels: z.record(z.string(), z.string()).default({}) })
    .default({ userLabels: {} }),
  restoreBackupContext: z.looseObject({ backupRunId: z.string() }).default({ backupRunId: "" }),
});

/** Of the Admin API: method and path below the project. */
const CALLS: readonly (readonly [string, RegExp])[] = [
  ["instances.list", /^GET instances$/u],
  ["instances.insert", /^POST instances$/u],
  ["instances.get", /^GET instances\/(?<name>[^/]+)$/u],
  ["instances.delete", /^DELETE instances\/(?<name>[^/]+)$/u],
  ["instances.restoreBackup", /^POST instances\/(?<name>[^/]+)\/restoreBackup$/u],
  ["backupRuns.list", /^GET instances\/(?<name>[^/]+)\/backupRuns$/u],
  ["backupRuns.insert", /^POST instances\/(?<name>[^/]+)\/backupRuns$/u],
  ["backupRuns.delete", /^DELETE instances\/(?<name>[^/]+)\/backupRuns\/(?<run>[^/]+)$/u],
  ["operations.get", /^GET operations\/(?<name>[^/]+)$/u],
];

export type FakeCloudSql = Awaited<ReturnType<typeof startFakeCloudSql>>;

export async function startFakeCloudSql(source: Postgres15) {
  const instances = new Map<string, Instance>([
    [SOURCE, { state: "RUNNABLE", host: source.host, labels: {} }],
  ]);
  const backups = new Map<string, Backup>();
  const operations = new Map<string, Operation>();
  const asked: string[] = [];
  const fake = { faults: {} as Faults };

  function begin(operationType: string, status = "DONE"): { body: object; doing: Operation } {
    const name = `op-${operations.size + 1}`;
    const doing: Operation = { status };
    operations.set(name, doing);
    return { body: { kind: "sql#operation", name, operationType, status: "PENDING" }, doing };
  }

  function shown(name: string, { state, host, labels }: Instance): object {
    return {
      ...{ kind: "sql#instance", name, state, databaseVersion: "POSTGRES_15" },
      ...{ region: "europe-west3", instanceType: "CLOUD_SQL_INSTANCE" },
      ipAddresses: host === undefined ? [] : [{ type: "PRIVATE", ipAddress: host }],
      settings: {
        ...{ tier: "db-custom-1-3840", edition: "ENTERPRISE", dataDiskSizeGb: "10" },
        ...{ availabilityType: "REGIONAL", userLabels: labels },
        databaseFlags: [{ name: "max_connections", value: "200" }],
        ipConfiguration: {
          ipv4Enabled: false,
          privateNetwork: `projects/${PROJECT}/global/networks/private`,
        },
      },
    };
  }

  function get({ name }: Request): Answer {
    const found = instances.get(name);
    if (found === undefined) return NO_INSTANCE;
    // Whoever asks once more after a deletion sees it going; the next time it is gone.
    if (found.state === "PENDING_DELETE") instances.delete(name);
    return { body: shown(name, found) };
  }

  function addBackup(description: string) {
    const id = String(1_700_000_000_000 + backups.size);
    const startTime = new Date().toISOString();
    const home = baseBackup15(source);
    const endTime = new Date().toISOString();
    const status = fake.faults.backupStaysAt ?? "SUCCESSFUL";
    backups.set(id, { id, description, startTime, endTime, status, home });
  }

  function backUp({ body }: Request): Answer {
    addBackup(body.description);
    return begin("BACKUP_VOLUME");
  }

  function runs({ name }: Request): Answer {
    const items = [...backups.values()].map(({ home: _home, ...run }) => ({
      ...{ kind: "sql#backupRun", type: "ON_DEMAND", instance: name },
      ...run,
    }));
    return { body: { kind: "sql#backupRunsList", items } };
  }

  function insert({ body: { name, settings } }: Request): Answer {
    if (instances.has(name)) {
      return refusal(409, "The Cloud SQL instance already exists.", "instanceAlreadyExists");
    }
    const state = fake.faults.instanceStaysAt ?? "RUNNABLE";
    instances.set(name, { state, host: COPY_HOST, labels: settings.userLabels });
    return begin("CREATE");
  }

  function restore({ name, body }: Request): Answer {
    const instance = instances.get(name);
    const backup = backups.get(body.restoreBackupContext.backupRunId);
    if (instance === undefined || backup === undefined) return NO_INSTANCE;
    const begun = begin("RESTORE_VOLUME", "RUNNING");
    const { label, restoreFails, tamper } = fake.faults;
    if (restoreFails !== undefined) {
      Object.assign(begun.doing, { status: "DONE", error: restoreFails });
      return begun;
    }
    void startCopy15(backup.home).then((server) => {
      tamper?.(server);
      instance.server = server;
      instance.relay = relayTo(server, source.port);
      if (label !== undefined) instance.labels = { "restore-drill": label };
      instance.relay.once("listening", () => {
        begun.doing.status = "DONE";
      });
    });
    return begun;
  }

  function operation({ name }: Request): Answer {
    const { status, error } = operations.get(name) ?? { status: "DONE" };
    const errors = [{ kind: "sql#operationError", code: "INTERNAL_ERROR", message: error }];
    return {
      body: {
        ...{ kind: "sql#operation", name, status },
        ...(error === undefined ? {} : { error: { kind: "sql#operationErrors", errors } }),
      },
    };
  }

  async function remove({ name }: Request): Promise<Answer> {
    const found = instances.get(name);
    if (found === undefined) return NO_INSTANCE;
    found.relay?.close();
    await found.server?.stop();
    found.state = "PENDING_DELETE";
    return begin("DELETE");
  }

  function removeBackup({ run }: Request): Answer {
    rmSync(backups.get(run)?.home ?? "/nonexistent", { recursive: true, force: true });
    backups.delete(run);
    return begin("DELETE_BACKUP");
  }

  const doing: Readonly<Record<string, (request: Request) => Answer | Promise<Answer>>> = {
    "instances.list": () => ({
      body: { items: [...instances].map(([name, instance]) => shown(name, instance)) },
    }),
    "instances.get": get,
    "instances.insert": insert,
    "instances.delete": remove,
    "instances.restoreBackup": restore,
    "backupRuns.insert": backUp,
    "backupRuns.list": runs,
    "backupRuns.delete": removeBackup,
    "operations.get": operation,
  };

  async function answer(request: IncomingMessage): Promise<Answer> {
    const { pathname } = new URL(request.url ?? "/", "http://fake");
    const below = `/sql/v1beta4/projects/${PROJECT}/`;
    if (!pathname.startsWith(below)) return refusal(403, "The client is not authorized.");
    const line = `${request.method} ${pathname.slice(below.length)}`;
    const [call, pattern] = CALLS.find(([, one]) => one.test(line)) ?? [];
    if (call === undefined) return refusal(404, "The fake does not know this.");
    asked.push(call);
    const { refuse = {}, throttle } = fake.faults;
    if (throttle?.call === call && throttle.times > 0) {
      throttle.times -= 1;
      return refusal(429, "Quota exceeded for quota metric 'Queries'.", "rateLimitExceeded");
    }
    const refused = refuse[call];
    if (refused !== undefined) return { refusal: refused };
    const { name = "", run = "" } = pattern?.exec(line)?.groups ?? {};
    const body = bodyShape.parse(JSON.parse((await text(request)) || "{}"));
    return doing[call]?.({ name, run, body }) ?? NO_INSTANCE;
  }

  const server = serve(answer);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return Object.assign(fake, {
    ...{ instances, backups, asked },
    url: `http://127.0.0.1:${port}/`,
    /** One that was taken without the drill. */
    takeBackup: addBackup,
    async close() {
      server.closeAllConnections();
      server.close();
      for (const { server: own, relay } of instances.values()) {
        relay?.close();
        await own?.stop();
      }
      for (const { home } of backups.values()) rmSync(home, { recursive: true, force: true });
    },
  });
}

const NO_INSTANCE = refusal(404, "The Cloud SQL instance does not exist.", "instanceDoesNotExist");

function refusal(status: number, message: string, reason = "notAuthorized"): Answer {
  return { refusal: { status, message, reason } };
}

function serve(answer: (request: IncomingMessage) => Promise<Answer>): Server {
  const server = createServer((request, response) => {
    void answer(request).then((said) => {
      response.setHeader("content-type", "application/json");
      if ("body" in said) return response.end(JSON.stringify(said.body));
      const { status, message, reason } = said.refusal;
      response.statusCode = status;
      const errors = [{ message, domain: "global", reason }];
      return response.end(JSON.stringify({ error: { code: status, message, errors } }));
    });
  });
  return server.listen(0, "127.0.0.1");
}
