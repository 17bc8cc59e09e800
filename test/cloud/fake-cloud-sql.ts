/**
 * A fake of Cloud SQL that speaks as much of its Admin API as gcloud asks for in a drill. Behind it
 * are real PostgreSQL servers: a backup is a base backup of the source, and restoring it starts a
 * server of its own, which a relay makes answer at another address and the same port, as at the
 * provider. What it is not: the provider; credentials and rights are not looked at.
 */
import { once } from "node:events";
import type { AddressInfo, Server as Relay } from "node:net";
import { type Postgres15, startCopy15 } from "../helpers/postgres15.ts";
import { fakePoints, type PointFaults } from "./fake-points.ts";
import {
  ALREADY_THERE,
  type Answer,
  BUSY,
  type Call,
  type InstanceFacts,
  instanceBody,
  NO_INSTANCE,
  PROJECT,
  PROTECTED,
  type Refusal,
  refusal,
  serveAdminApi,
} from "./fake-sql-admin.ts";
import { fakeBackups } from "./fake-sql-backups.ts";
import { COPY_HOST, relayTo } from "./relay.ts";

export { PROJECT };

export const SOURCE = "shop-db";

/** What goes wrong on purpose. */
export interface Faults extends PointFaults {
  /** Said to these calls instead of doing them. */
  readonly refuse?: Readonly<Record<string, Refusal>>;
  /** So many answers to this call are 429. */
  throttle?: { readonly call: string; times: number };
  readonly backupStaysAt?: string;
  readonly instanceStaysAt?: string;
  readonly restoreFails?: string;
  readonly withoutPoints?: boolean;
  /** A clone is not complete before that, nor is its request answered. */
  readonly cloneWaitsFor?: Promise<void>;
  /** The label that a new instance has, once it was restored into. */
  readonly label?: string;
  /** Before the restore is done. */
  tamper?(restored: Postgres15): void;
}

interface Instance extends InstanceFacts {
  server?: Postgres15;
  relay?: Relay;
}

interface Operation {
  status: string;
  error?: string;
}

const now = () => new Date().toISOString();

export type FakeCloudSql = Awaited<ReturnType<typeof startFakeCloudSql>>;

export async function startFakeCloudSql(source: Postgres15) {
  const instances = new Map<string, Instance>([
    [SOURCE, { state: "RUNNABLE", host: source.host, createTime: now(), labels: {}, settings: {} }],
  ]);
  const operations = new Map<string, Operation>();
  const asked: string[] = [];
  const fake = { faults: {} as Faults };
  const points = fakePoints(source, () => fake.faults);
  const backups = fakeBackups(source, () => fake.faults.backupStaysAt);

  function begin(operationType: string, status = "DONE"): { body: object; doing: Operation } {
    const name = `op-${operations.size + 1}`;
    const doing: Operation = { status };
    operations.set(name, doing);
    return { body: { kind: "sql#operation", name, operationType, status: "PENDING" }, doing };
  }

  function shown(name: string, instance: Instance): object {
    return instanceBody(name, instance, fake.faults.withoutPoints !== true);
  }

  function get({ name }: Call): Answer {
    const found = instances.get(name);
    if (found === undefined) return NO_INSTANCE;
    // Whoever asks once more after a deletion sees it going; the next time it is gone.
    if (found.state === "PENDING_DELETE") instances.delete(name);
    return { body: shown(name, found) };
  }

  function insert({ body: { name, settings } }: Call): Answer {
    if (instances.has(name)) {
      return ALREADY_THERE;
    }
    const state = fake.faults.instanceStaysAt ?? "RUNNABLE";
    instances.set(name, {
      ...{ state, host: COPY_HOST, createTime: now(), labels: settings.userLabels, settings: {} },
    });
    return begin("CREATE");
  }

  function restore({ name, body }: Call): Answer {
    const instance = instances.get(name);
    const backup = backups.all.get(body.restoreBackupContext.backupRunId);
    if (instance === undefined || backup === undefined) return NO_INSTANCE;
    const begun = begin("RESTORE_VOLUME", "RUNNING");
    const { restoreFails } = fake.faults;
    if (restoreFails !== undefined) {
      Object.assign(begun.doing, { status: "DONE", error: restoreFails });
      return begun;
    }
    void bringUp(instance, backup.home).then(() => {
      begun.doing.status = "DONE";
    });
    return begun;
  }

  async function bringUp(instance: Instance, home: string): Promise<void> {
    const server = await startCopy15(home);
    fake.faults.tamper?.(server);
    instance.server = server;
    instance.relay = relayTo(server, source.port);
    if (fake.faults.label !== undefined) instance.labels = { "restore-drill": fake.faults.label };
    await once(instance.relay, "listening");
  }

  async function clone({ name: from, body }: Call): Promise<Answer> {
    const { destinationInstanceName: name = "", pointInTime = "" } = body.cloneContext ?? {};
    const origin = instances.get(from);
    const home = points.at(pointInTime);
    if (origin === undefined) return NO_INSTANCE;
    if (instances.has(name)) return ALREADY_THERE;
    if (home === undefined) return refusal(400, "There is no log up to that time.", "invalid");
    const { labels, settings } = origin;
    const clone: Instance = {
      ...{ state: "PENDING_CREATE", createTime: now(), labels: { ...labels } },
      ...{ host: COPY_HOST, settings: { ...settings } },
    };
    instances.set(name, clone);
    const begun = begin("CLONE", "RUNNING");
    const { cloneWaitsFor, restoreFails } = fake.faults;
    if (restoreFails !== undefined) {
      clone.state = "FAILED";
      Object.assign(begun.doing, { status: "DONE", error: restoreFails });
      return begun;
    }
    await cloneWaitsFor;
    void bringUp(clone, home).then(() => {
      clone.state = "RUNNABLE";
      begun.doing.status = "DONE";
    });
    return begun;
  }

  function patch({ name, body: { settings } }: Call): Answer {
    const found = instances.get(name);
    if (found === undefined) return NO_INSTANCE;
    if (found.state === "PENDING_CREATE") return BUSY;
    const { userLabels, deletionProtectionEnabled, retainBackupsOnDelete } = settings;
    found.labels = userLabels;
    found.settings = {
      ...found.settings,
      ...(deletionProtectionEnabled === undefined ? {} : { deletionProtectionEnabled }),
      ...(retainBackupsOnDelete === undefined ? {} : { retainBackupsOnDelete }),
    };
    return begin("UPDATE");
  }

  function operation({ name }: Call): Answer {
    const { status, error } = operations.get(name) ?? { status: "DONE" };
    const errors = [{ kind: "sql#operationError", code: "INTERNAL_ERROR", message: error }];
    return {
      body: {
        ...{ kind: "sql#operation", name, status },
        ...(error === undefined ? {} : { error: { kind: "sql#operationErrors", errors } }),
      },
    };
  }

  async function remove({ name }: Call): Promise<Answer> {
    const found = instances.get(name);
    if (found === undefined) return NO_INSTANCE;
    if (found.settings.deletionProtectionEnabled) return PROTECTED;
    if (found.settings.retainBackupsOnDelete) backups.take(`retained of ${name}`);
    found.relay?.close();
    await found.server?.stop();
    found.state = "PENDING_DELETE";
    return begin("DELETE");
  }

  const doing: Readonly<Record<string, (request: Call) => Answer | Promise<Answer>>> = {
    "instances.list": () => ({
      body: { items: [...instances].map(([name, instance]) => shown(name, instance)) },
    }),
    "instances.get": get,
    "instances.insert": insert,
    "instances.patch": patch,
    "instances.delete": remove,
    "instances.clone": clone,
    "instances.getLatestRecoveryTime": () => ({ body: { latestRecoveryTime: points.latest() } }),
    "instances.restoreBackup": restore,
    "backupRuns.insert": ({ body }) => {
      backups.take(body.description);
      return begin("BACKUP_VOLUME");
    },
    "backupRuns.list": backups.list,
    "backupRuns.delete": (request) => {
      backups.remove(request);
      return begin("DELETE_BACKUP");
    },
    "operations.get": operation,
  };

  async function answer(request: Call): Promise<Answer> {
    const { call } = request;
    asked.push(call);
    const { refuse = {}, throttle } = fake.faults;
    if (throttle?.call === call && throttle.times > 0) {
      throttle.times -= 1;
      return refusal(429, "Quota exceeded for quota metric 'Queries'.", "rateLimitExceeded");
    }
    const refused = refuse[call];
    if (refused !== undefined) return { refusal: refused };
    return doing[call]?.(request) ?? NO_INSTANCE;
  }

  const server = serveAdminApi(answer);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return Object.assign(fake, {
    ...{ instances, asked, backups: backups.all },
    url: `http://127.0.0.1:${port}/`,
    /** One that was taken without the drill. */
    takeBackup: backups.take,
    async close() {
      server.closeAllConnections();
      server.close();
      points.close();
      backups.close();
      for (const { server: own, relay } of instances.values()) {
        relay?.close();
        await own?.stop();
      }
    },
  });
}
