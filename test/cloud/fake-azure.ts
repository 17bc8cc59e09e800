/**
 * A fake of Azure that speaks as much of its Resource Manager API as az asks for in a drill. Behind it
 * are real PostgreSQL servers: a restore is a base backup of the source as it is, which a relay makes
 * answer at another address and the same port, as at the provider. What it is not: the provider;
 * credentials and rights are not looked at, and of a point in time only that it is there.
 */
import { rmSync } from "node:fs";
import type { Server as Relay } from "node:net";
import { z } from "zod";
import { baseBackup15, type Postgres15, startCopy15 } from "../helpers/postgres15.ts";
import type { ArmAnswer, ArmRequest } from "./fake-arm.ts";
import { COPY_HOST, relayTo } from "./relay.ts";

export const SUBSCRIPTION = "11111111-2222-3333-4444-555555555555";
export const GROUP = "shop-staging";
export const SOURCE = "shop-db";

/** What goes wrong on purpose. */
export interface Faults {
  /** Said to these calls instead of doing them. */
  readonly refuse?: Readonly<Record<string, Refusal>>;
  /** So many answers to this call are this. */
  passing?: { readonly call: string; readonly refusal: Refusal; times: number };
  readonly withoutBackups?: boolean;
  readonly serverStaysAt?: string;
  /** So many looks at a new server do not find it yet. */
  hidden?: number;
  /** The tags that a new server has, whatever was asked for. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Before the restore is done. */
  tamper?(restored: Postgres15): void;
}

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

interface FlexibleServer {
  state: string;
  host: string;
  tags: Readonly<Record<string, string>>;
  home?: string;
  server?: Postgres15;
  relay?: Relay;
}

const bodyShape = z.object({
  location: z.string(),
  tags: z.record(z.string(), z.string()).default({}),
  properties: z.object({
    createMode: z.literal("PointInTimeRestore"),
    sourceServerResourceId: z.string(),
    pointInTimeUTC: z.iso.datetime(),
  }),
});

const GROUP_PATH = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}/providers/Microsoft.DBforPostgreSQL/flexibleServers/`;

export type FakeAzure = ReturnType<typeof startFakeAzure>;

export function startFakeAzure(source: Postgres15) {
  const servers = new Map<string, FlexibleServer>([
    [SOURCE, { state: "Ready", host: source.host, tags: { team: "shop" } }],
  ]);
  const asked: string[] = [];
  const fake = { faults: {} as Faults };

  function isHidden(name: string): boolean {
    const { hidden = 0 } = fake.faults;
    if (name === SOURCE || hidden === 0) return false;
    fake.faults.hidden = hidden - 1;
    return true;
  }

  function get(name: string): ArmAnswer {
    const found = servers.get(name);
    if (found === undefined || isHidden(name)) return absent(name);
    if (found.state === "Dropping") servers.delete(name);
    const { state, host, tags } = found;
    return {
      status: 200,
      body: {
        ...{ id: `${GROUP_PATH}${name}`, name, location: "West Europe", tags },
        sku: { name: "Standard_D2s_v3", tier: "GeneralPurpose" },
        properties: {
          ...{ state, version: "15", fullyQualifiedDomainName: host },
          storage: { storageSizeGB: 32 },
          backup: { backupRetentionDays: 7, earliestRestoreDate: "2026-01-01T00:00:00Z" },
          network: { publicNetworkAccess: "Enabled" },
        },
      },
    };
  }

  function backups(): ArmAnswer {
    const completedTime = new Date(Date.now() - 3_600_000).toISOString();
    const one = { name: "backup_1", properties: { backupType: "Full", completedTime } };
    return { status: 200, body: { value: fake.faults.withoutBackups ? [] : [one] } };
  }

  function put(name: string, text: string): ArmAnswer {
    const { tags, properties } = bodyShape.parse(JSON.parse(text));
    if (properties.sourceServerResourceId !== `${GROUP_PATH}${SOURCE}`) return absent("source");
    const { serverStaysAt, tamper } = fake.faults;
    const made: FlexibleServer = {
      state: serverStaysAt ?? "Provisioning",
      host: COPY_HOST,
      tags: fake.faults.tags ?? tags,
    };
    servers.set(name, made);
    if (serverStaysAt !== undefined) return { status: 202, body: {} };
    made.home = baseBackup15(source);
    void startCopy15(made.home).then((server) => {
      tamper?.(server);
      made.server = server;
      made.relay = relayTo(server, source.port);
      made.relay.once("listening", () => {
        made.state = "Ready";
      });
    });
    return { status: 202, body: {} };
  }

  async function remove(name: string): Promise<ArmAnswer> {
    const found = servers.get(name);
    if (found === undefined) return absent(name);
    await end(found);
    found.state = "Dropping";
    return { status: 202, body: {} };
  }

  const doing: Readonly<
    Record<string, (name: string, body: string) => ArmAnswer | Promise<ArmAnswer>>
  > = {
    "GET backups": backups,
    "GET server": get,
    "PUT server": put,
    "DELETE server": remove,
  };

  return Object.assign(fake, {
    ...{ servers, asked },
    async answer({ method, path, body }: ArmRequest): Promise<ArmAnswer> {
      if (!path.startsWith(GROUP_PATH)) return absent(path);
      const [name = "", below = ""] = path.slice(GROUP_PATH.length).split("/");
      const call = `${method} ${below === "" ? "server" : below}`;
      asked.push(call);
      const { refuse = {}, passing } = fake.faults;
      if (passing?.call === call && passing.times > 0) {
        passing.times -= 1;
        return refusal(passing.refusal);
      }
      const refused = refuse[call];
      if (refused !== undefined) return refusal(refused);
      return doing[call]?.(name, body) ?? absent(path);
    },
    async close() {
      for (const server of servers.values()) await end(server);
    },
  });
}

async function end({ relay, server, home }: FlexibleServer) {
  relay?.close();
  await server?.stop();
  if (home !== undefined) rmSync(home, { recursive: true, force: true });
}

function absent(name: string): ArmAnswer {
  const message = `The Resource '${name}' under resource group '${GROUP}' was not found.`;
  return refusal({ status: 404, code: "ResourceNotFound", message });
}

function refusal({ status, code, message }: Refusal): ArmAnswer {
  return { status, body: { error: { code, message } } };
}
