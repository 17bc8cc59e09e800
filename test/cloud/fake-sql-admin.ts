/** The outside of the fake Cloud SQL: calls of its Admin API, told apart by method and path. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { z } from "zod";

export const PROJECT = "shop-staging-1";

export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly reason?: string;
}

export type Answer = { readonly body: object } | { readonly refusal: Refusal };

export interface Call {
  /** `instances.get`. */
  readonly call: string;
  /** The instance, backup or operation that the path names. */
  readonly name: string;
  readonly run: string;
  readonly body: z.output<typeof bodyShape>;
}

const bodyShape = z.looseObject({
  name: z.string().default(""),
  description: z.string().default(""),
  settings: z
    .looseObject({
      userLabels: z.record(z.string(), z.string()).default({}),
      deletionProtectionEnabled: z.boolean().optional(),
      retainBackupsOnDelete: z.boolean().optional(),
    })
    .default({ userLabels: {} }),
  restoreBackupContext: z.looseObject({ backupRunId: z.string() }).default({ backupRunId: "" }),
  cloneContext: z
    .looseObject({ destinationInstanceName: z.string(), pointInTime: z.iso.datetime() })
    .optional(),
});

/** Of the Admin API: method and path below the project. */
const CALLS: readonly (readonly [string, RegExp])[] = [
  ["instances.list", /^GET instances$/u],
  ["instances.insert", /^POST instances$/u],
  ["instances.get", /^GET instances\/(?<name>[^/]+)$/u],
  ["instances.patch", /^PATCH instances\/(?<name>[^/]+)$/u],
  ["instances.delete", /^DELETE instances\/(?<name>[^/]+)$/u],
  ["instances.clone", /^POST instances\/(?<name>[^/]+)\/clone$/u],
  ["instances.restoreBackup", /^POST instances\/(?<name>[^/]+)\/restoreBackup$/u],
  ["instances.getLatestRecoveryTime", /^GET instances\/(?<name>[^/]+)\/getLatestRecoveryTime$/u],
  ["backupRuns.list", /^GET instances\/(?<name>[^/]+)\/backupRuns$/u],
  ["backupRuns.insert", /^POST instances\/(?<name>[^/]+)\/backupRuns$/u],
  ["backupRuns.delete", /^DELETE instances\/(?<name>[^/]+)\/backupRuns\/(?<run>[^/]+)$/u],
  ["operations.get", /^GET operations\/(?<name>[^/]+)$/u],
];

export function refusal(status: number, message: string, reason = "notAuthorized"): Answer {
  return { refusal: { status, message, reason } };
}

export const ALREADY_THERE = refusal(
  409,
  "The Cloud SQL instance already exists.",
  "instanceAlreadyExists",
);
export const BUSY = refusal(
  409,
  "Operation failed because another operation was already in progress.",
  "operationInProgress",
);
export const PROTECTED = refusal(
  400,
  "The instance is protected. Please disable the deletion protection and try again.",
  "invalid",
);
export const NO_INSTANCE = refusal(
  404,
  "The Cloud SQL instance does not exist.",
  "instanceDoesNotExist",
);

export interface InstanceFacts {
  state: string;
  host?: string;
  readonly createTime: string;
  labels: Readonly<Record<string, string>>;
  /** As it is at the source, and so in a clone of it. */
  settings: Readonly<Record<string, boolean>>;
}

export function instanceBody(name: string, facts: InstanceFacts, hasPoints: boolean): object {
  const { state, host, createTime, labels, settings } = facts;
  return {
    ...{ kind: "sql#instance", name, state, createTime, databaseVersion: "POSTGRES_15" },
    ...{ region: "europe-west3", instanceType: "CLOUD_SQL_INSTANCE" },
    ipAddresses: host === undefined ? [] : [{ type: "PRIVATE", ipAddress: host }],
    settings: {
      ...{ tier: "db-custom-1-3840", edition: "ENTERPRISE", dataDiskSizeGb: "10" },
      ...{ availabilityType: "REGIONAL", userLabels: labels, ...settings },
      backupConfiguration: { pointInTimeRecoveryEnabled: hasPoints },
      databaseFlags: [{ name: "max_connections", value: "200" }],
      ipConfiguration: {
        ipv4Enabled: false,
        privateNetwork: `projects/${PROJECT}/global/networks/private`,
      },
    },
  };
}

/** Listens at a free port of this host. */
export function serveAdminApi(answer: (call: Call) => Answer | Promise<Answer>): Server {
  const server = createServer((request, response) => {
    void answerTo(request, answer).then((said) => {
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

async function answerTo(
  request: IncomingMessage,
  answer: (call: Call) => Answer | Promise<Answer>,
): Promise<Answer> {
  const { pathname } = new URL(request.url ?? "/", "http://fake");
  const below = `/sql/v1beta4/projects/${PROJECT}/`;
  if (!pathname.startsWith(below)) return refusal(403, "The client is not authorized.");
  const line = `${request.method} ${pathname.slice(below.length)}`;
  const [call, pattern] = CALLS.find(([, one]) => one.test(line)) ?? [];
  if (call === undefined) return refusal(404, "The fake does not know this.");
  const { name = "", run = "" } = pattern?.exec(line)?.groups ?? {};
  const body = bodyShape.parse(JSON.parse((await text(request)) || "{}"));
  return answer({ call, name, run, body });
}
