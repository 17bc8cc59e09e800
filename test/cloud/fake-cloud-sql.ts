/**
 * A fake of Cloud SQL behind a stand-in of `gcloud`. Behind it are real PostgreSQL servers: a backup
 * is a base backup of the source, and restoring it starts a server of its own, which a relay makes
 * answer at another address and the same port, as at the provider. What it is not: the provider, nor
 * its CLI; it follows contracts/gcloud.json, and credentials and rights are not looked at.
 */
import { rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { baseBackup15, type Postgres15, startCopy15 } from "../helpers/postgres15.ts";
import { type Asked, type Said, standIn } from "./stand-in.ts";

export const PROJECT = "shop-staging-1";
export const SOURCE = "shop-db";
const COPY_HOST = "127.0.0.2";

/** What goes wrong on purpose. */
export interface Faults {
  /** Said to these commands instead of doing them. */
  readonly refuse?: Readonly<Record<string, string>>;
  /** So many answers of this command are 429. */
  throttle?: { readonly command: string; times: number };
  readonly version?: string;
  readonly project?: string;
  readonly backupStaysAt?: string;
  readonly instanceStaysAt?: string;
  readonly restoreFails?: string;
  /** The label that a new instance has, once it was restored into. */
  readonly label?: string;
  /** Before the restore is done. */
  tamper?(restored: Postgres15): void;
}

interface Instance {
  state: string;
  host?: string;
  labels: Readonly<Record<string, string>>;
  server?: Postgres15;
  relay?: Server;
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

export type FakeCloudSql = Awaited<ReturnType<typeof startFakeCloudSql>>;

export async function startFakeCloudSql(source: Postgres15) {
  const instances = new Map<string, Instance>([
    [SOURCE, { state: "RUNNABLE", host: source.host, labels: {} }],
  ]);
  const backups = new Map<string, Backup>();
  const operations = new Map<string, Operation>();
  const fake = { faults: {} as Faults };

  const prints = ({ prints }: Asked, facts: object = {}): Said => ({
    stdout: JSON.stringify(
      typeof prints === "object" && !Array.isArray(prints) ? { ...prints, ...facts } : prints,
    ),
  });

  const refused = ({ command }: Asked, what: string): Said => ({
    exit: 1,
    stderr: `ERROR: (gcloud.${command.replaceAll(" ", ".")}) ${what}\n`,
  });

  const noInstance = (asked: Asked) =>
    refused(asked, "HTTPError 404: The Cloud SQL instance does not exist.");

  function begin(asked: Asked, status = "DONE"): Said {
    const name = `op-${operations.size + 1}`;
    operations.set(name, { status });
    return prints(asked, { name });
  }

  function describe(asked: Asked): Said {
    const name = asked.arguments[0] ?? "";
    const found = instances.get(name);
    if (found === undefined) return noInstance(asked);
    const { state, host, labels } = found;
    const { settings } = asked.prints as { readonly settings: object };
    if (state === "PENDING_DELETE") instances.delete(name);
    return prints(asked, {
      ...{ name, state, settings: { ...settings, userLabels: labels } },
      ipAddresses: host === undefined ? [] : [{ type: "PRIVATE", ipAddress: host }],
    });
  }

  function addBackup(description: string) {
    const id = String(1_700_000_000_000 + backups.size);
    const startTime = new Date().toISOString();
    const home = baseBackup15(source);
    const endTime = new Date().toISOString();
    const status = fake.faults.backupStaysAt ?? "SUCCESSFUL";
    backups.set(id, { id, description, startTime, endTime, status, home });
  }

  function backUp(asked: Asked): Said {
    addBackup(asked.flags["--description"] ?? "");
    return begin(asked);
  }

  function list(asked: Asked): Said {
    const runs = [...backups.values()].map(({ home: _home, ...run }) => ({
      ...(asked.prints as object),
      ...run,
      instance: asked.flags["--instance"],
    }));
    return { stdout: JSON.stringify(runs) };
  }

  function create(asked: Asked): Said {
    const name = asked.arguments[0] ?? "";
    if (instances.has(name)) {
      return refused(asked, "HTTPError 409: The Cloud SQL instance already exists.");
    }
    const [key = "", value = ""] = (asked.flags["--labels"] ?? "").split("=");
    const state = fake.faults.instanceStaysAt ?? "RUNNABLE";
    instances.set(name, { state, host: COPY_HOST, labels: { [key]: value } });
    return begin(asked);
  }

  function restore(asked: Asked): Said {
    const instance = instances.get(asked.flags["--restore-instance"] ?? "");
    const backup = backups.get(asked.arguments[0] ?? "");
    if (instance === undefined || backup === undefined) return noInstance(asked);
    const said = begin(asked, "RUNNING");
    const doing = [...operations.values()].at(-1);
    const { label, restoreFails, tamper } = fake.faults;
    if (doing === undefined) return said;
    if (restoreFails !== undefined) {
      Object.assign(doing, { status: "DONE", error: restoreFails });
      return said;
    }
    void startCopy15(backup.home).then((server) => {
      tamper?.(server);
      instance.server = server;
      instance.relay = relayTo(server, source.port);
      if (label !== undefined) instance.labels = { "restore-drill": label };
      instance.relay.once("listening", () => {
        doing.status = "DONE";
      });
    });
    return said;
  }

  function operation(asked: Asked): Said {
    const name = asked.arguments[0] ?? "";
    const unknown: Operation = { status: "DONE" };
    const { status, error } = operations.get(name) ?? unknown;
    const errors = [{ kind: "sql#operationError", code: "INTERNAL_ERROR", message: error }];
    return prints(asked, {
      ...{ name, status },
      ...(error === undefined ? {} : { error: { kind: "sql#operationErrors", errors } }),
    });
  }

  async function remove(asked: Asked): Promise<Said> {
    const found = instances.get(asked.arguments[0] ?? "");
    if (found === undefined) return noInstance(asked);
    found.relay?.close();
    await found.server?.stop();
    found.state = "PENDING_DELETE";
    return begin(asked);
  }

  function removeBackup(asked: Asked): Said {
    const id = asked.arguments[0] ?? "";
    rmSync(backups.get(id)?.home ?? "/nonexistent", { recursive: true, force: true });
    backups.delete(id);
    return begin(asked);
  }

  const doing: Readonly<Record<string, (asked: Asked) => Said | Promise<Said>>> = {
    version: (asked) =>
      prints(
        asked,
        fake.faults.version === undefined ? {} : { "Google Cloud SDK": fake.faults.version },
      ),
    "auth list": (asked) => prints(asked),
    "config get-value": (asked) =>
      fake.faults.project === undefined
        ? prints(asked)
        : { stdout: JSON.stringify(fake.faults.project) },
    "sql instances describe": describe,
    "sql instances delete": remove,
    "beta sql instances create": create,
    "sql backups create": backUp,
    "sql backups list": list,
    "sql backups restore": restore,
    "sql backups delete": removeBackup,
    "sql operations describe": operation,
  };

  const cli = await standIn("gcloud", (asked) => {
    const { refuse = {}, throttle } = fake.faults;
    if (throttle?.command === asked.command && throttle.times > 0) {
      throttle.times -= 1;
      return refused(asked, "HTTPError 429: Quota exceeded for quota metric 'Queries'.");
    }
    const refusal = refuse[asked.command];
    if (refusal !== undefined) return refused(asked, refusal);
    return doing[asked.command]?.(asked) ?? refused(asked, "The fake does not know this.");
  });

  return Object.assign(fake, {
    ...{ cli, instances, backups },
    /** One that was taken without the drill. */
    takeBackup: addBackup,
    async close() {
      cli.close();
      for (const { server, relay } of instances.values()) {
        relay?.close();
        await server?.stop();
      }
      for (const { home } of backups.values()) rmSync(home, { recursive: true, force: true });
    },
  });
}

/** At the provider, every instance has an address of its own and the same port. */
function relayTo({ host, port }: Postgres15, ownPort: number): Server {
  const relay = createServer((client) => {
    const server = connect(port, host);
    client.on("error", () => server.destroy()).on("close", () => server.destroy());
    server.on("error", () => client.destroy()).on("close", () => client.destroy());
    client.pipe(server).pipe(client);
  });
  return relay.listen(ownPort, COPY_HOST);
}
