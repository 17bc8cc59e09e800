/**
 * A fake of AWS RDS (and of STS's GetCallerIdentity) at its outermost edge: the query API over HTTP,
 * spoken to by the real `aws` CLI. Behind it are real PostgreSQL servers: a snapshot is a base backup
 * of the source, and restoring it starts a server of its own. What it is not: credentials and rights
 * are not looked at, and a point in time is the base backup that was taken when it was last asked for.
 */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { baseBackup15, type Postgres15, startCopy15 } from "../helpers/postgres15.ts";
import { fakePoints, type PointFaults } from "./fake-points.ts";
import {
  answerXml,
  errorXml,
  identityXml,
  instanceXml,
  type SnapshotFacts,
  snapshotXml,
  type Tag,
} from "./rds-xml.ts";

export const ACCOUNT = "123456789012";
export const SOURCE = "shop-db";

/** Whether the real CLI is here; `aws --version` of a shim alone proves nothing. */
export const awsAvailable = (() => {
  try {
    execFileSync("aws", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();
if (!awsAvailable) {
  const message = "The AWS CLI is not here (apt-get install awscli)";
  if (process.env.REQUIRE_AWS_CLI === "1") throw new Error(`${message}, and is required.`);
  console.warn(`Tests of RDS drills are left out: ${message}.`);
}

/** What goes wrong on purpose. */
export interface Faults extends PointFaults {
  /** Answered to these actions instead of doing them. */
  readonly refuse?: Readonly<Record<string, readonly [code: string, message: string]>>;
  /** So many answers of this action are `Throttling`. */
  throttle?: { readonly action: string; times: number };
  readonly snapshotStaysAt?: string;
  readonly instanceStaysAt?: string;
  readonly account?: string;
  /** The tag that a restored instance really has. */
  readonly tag?: string;
  /** Before the restored instance is available. */
  tamper?(restored: Postgres15): void;
  /** When the snapshot is taken, after it. */
  afterSnapshot?(): void;
}

interface Instance {
  status: string;
  readonly instanceClass: string;
  readonly tags: readonly Tag[];
  server?: Postgres15;
}

export interface FakeRds {
  readonly url: string;
  readonly calls: readonly string[];
  readonly instances: ReadonlyMap<string, Instance>;
  readonly snapshots: ReadonlyMap<string, Snapshot>;
  faults: Faults;
  /** One that was taken without the drill. */
  takeSnapshot(name: string): void;
  close(): Promise<void>;
}

interface Snapshot {
  readonly facts: SnapshotFacts;
  readonly backup: string;
}

type Answer = { readonly status?: number; readonly body: string };

export async function startFakeRds(source: Postgres15): Promise<FakeRds> {
  const instances = new Map<string, Instance>([
    [SOURCE, { status: "available", instanceClass: "db.t4g.medium", tags: [], server: source }],
  ]);
  const snapshots = new Map<string, Snapshot>();
  const calls: string[] = [];
  const fake = { faults: {} as Faults };
  const points = fakePoints(source, () => fake.faults);

  function refused(code: string, message: string, status = 400): Answer {
    return { status, body: errorXml(code, message) };
  }

  function describeOne(name: string): Answer {
    const found = instances.get(name);
    if (found === undefined)
      return refused("DBInstanceNotFound", `DBInstance ${name} not found.`, 404);
    const { status, instanceClass, tags, server } = found;
    const xml = instanceXml({
      ...{ name, status, instanceClass, tags },
      ...(server === undefined ? {} : { endpoint: { address: server.host, port: server.port } }),
      ...(name === SOURCE ? { latestRestorableTime: points.latest() } : {}),
    });
    const answer = { body: answerXml("DescribeDBInstances", `<DBInstances>${xml}</DBInstances>`) };
    if (status === "deleting") instances.delete(name);
    return answer;
  }

  function restore(name: string, backup: string, form: URLSearchParams): Answer {
    if (instances.has(name))
      return refused("DBInstanceAlreadyExists", "DB instance already exists");
    const tags = tagsOf(form).map((tag) => ({ ...tag, value: fake.faults.tag ?? tag.value }));
    const instance: Instance = {
      ...{ status: "creating", tags },
      instanceClass: form.get("DBInstanceClass") ?? "",
    };
    instances.set(name, instance);
    if (fake.faults.instanceStaysAt !== undefined) instance.status = fake.faults.instanceStaysAt;
    else {
      void startCopy15(backup).then((server) => {
        fake.faults.tamper?.(server);
        instance.server = server;
        instance.status = "available";
      });
    }
    const facts = { name, status: "creating", instanceClass: instance.instanceClass, tags };
    return { body: answerXml(form.get("Action") ?? "", instanceXml(facts)) };
  }

  function takeSnapshot(form: URLSearchParams): Answer {
    const name = form.get("DBSnapshotIdentifier") ?? "";
    if (snapshots.has(name)) return refused("DBSnapshotAlreadyExists", "already exists");
    const takenAt = new Date().toISOString();
    const backup = baseBackup15(source);
    const status = fake.faults.snapshotStaysAt ?? "available";
    const percent = status === "available" ? 100 : 37;
    const facts = { name, instance: SOURCE, status, percent, takenAt, tags: tagsOf(form) };
    snapshots.set(name, { facts, backup });
    fake.faults.afterSnapshot?.();
    return { body: answerXml("CreateDBSnapshot", snapshotXml({ ...facts, status: "creating" })) };
  }

  function describeSnapshots(form: URLSearchParams): Answer {
    const name = form.get("DBSnapshotIdentifier");
    const found = [...snapshots.values()].filter(
      ({ facts }) => name === null || facts.name === name,
    );
    if (name !== null && found.length === 0) {
      return refused("DBSnapshotNotFound", `DBSnapshot ${name} not found.`, 404);
    }
    const xml = found.map(({ facts }) => snapshotXml(facts)).join("");
    return { body: answerXml("DescribeDBSnapshots", `<DBSnapshots>${xml}</DBSnapshots>`) };
  }

  async function deleteInstance(form: URLSearchParams): Promise<Answer> {
    const name = form.get("DBInstanceIdentifier") ?? "";
    const found = instances.get(name);
    if (found === undefined) return refused("DBInstanceNotFound", "not found", 404);
    if (found.status === "creating") return refused("InvalidDBInstanceState", "being created");
    await found.server?.stop();
    found.status = "deleting";
    const { status, instanceClass, tags } = found;
    return {
      body: answerXml("DeleteDBInstance", instanceXml({ name, status, instanceClass, tags })),
    };
  }

  function deleteSnapshot(form: URLSearchParams): Answer {
    const name = form.get("DBSnapshotIdentifier") ?? "";
    const found = snapshots.get(name);
    if (found === undefined) return refused("DBSnapshotNotFound", "not found", 404);
    snapshots.delete(name);
    rmSync(found.backup, { recursive: true, force: true });
    return { body: answerXml("DeleteDBSnapshot", snapshotXml(found.facts)) };
  }

  function restoreSnapshot(form: URLSearchParams): Answer {
    const from = snapshots.get(form.get("DBSnapshotIdentifier") ?? "");
    if (from === undefined) return refused("DBSnapshotNotFound", "not found", 404);
    return restore(form.get("DBInstanceIdentifier") ?? "", from.backup, form);
  }

  function restorePoint(form: URLSearchParams): Answer {
    const backup = points.at(form.get("RestoreTime") ?? "");
    if (backup === undefined) return refused("PointInTimeRestoreNotEnabled", "no such point");
    return restore(form.get("TargetDBInstanceIdentifier") ?? "", backup, form);
  }

  const doing: Readonly<Record<string, (form: URLSearchParams) => Answer | Promise<Answer>>> = {
    DescribeDBInstances: (form) => describeOne(form.get("DBInstanceIdentifier") ?? ""),
    CreateDBSnapshot: takeSnapshot,
    DescribeDBSnapshots: describeSnapshots,
    RestoreDBInstanceFromDBSnapshot: restoreSnapshot,
    RestoreDBInstanceToPointInTime: restorePoint,
    DeleteDBInstance: deleteInstance,
    DeleteDBSnapshot: deleteSnapshot,
  };

  async function answer(form: URLSearchParams): Promise<Answer> {
    const action = form.get("Action") ?? "";
    const { refuse = {}, throttle, account = ACCOUNT } = fake.faults;
    if (throttle?.action === action && throttle.times > 0) {
      throttle.times -= 1;
      return refused("Throttling", "Rate exceeded");
    }
    const refusal = refuse[action];
    if (refusal !== undefined) return refused(refusal[0], refusal[1], 403);
    if (action === "GetCallerIdentity") return { body: identityXml(account) };
    const known = Object.hasOwn(doing, action) ? doing[action] : undefined;
    return known?.(form) ?? refused("InvalidAction", `The fake does not know ${action}.`);
  }

  async function handle(request: IncomingMessage): Promise<Answer> {
    const form = new URLSearchParams(await text(request));
    calls.push(form.get("Action") ?? "");
    return answer(form);
  }

  const server = createServer((request, response) => {
    void handle(request).then(({ status = 200, body }) => {
      response.writeHead(status, { "content-type": "text/xml" }).end(body);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return Object.assign(fake, {
    url: `http://127.0.0.1:${port}`,
    calls,
    instances,
    snapshots,
    takeSnapshot(name: string) {
      takeSnapshot(new URLSearchParams({ DBSnapshotIdentifier: name }));
    },
    async close() {
      server.closeAllConnections();
      server.close();
      for (const [name, { server: one }] of instances) if (name !== SOURCE) await one?.stop();
      points.close();
      for (const { backup } of snapshots.values()) rmSync(backup, { recursive: true, force: true });
    },
  });
}

function tagsOf(form: URLSearchParams): readonly Tag[] {
  const tags: Tag[] = [];
  for (let at = 1; form.has(`Tags.Tag.${at}.Key`); at += 1) {
    const key = form.get(`Tags.Tag.${at}.Key`) ?? "";
    tags.push({ key, value: form.get(`Tags.Tag.${at}.Value`) ?? "" });
  }
  return tags;
}
