/** The container of a service, as `docker inspect` describes it. */
import { z } from "zod";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import { didYouMean } from "../../yaml/suggest.ts";
import { type Asked, type ComposeProject, composeArguments } from "./command.ts";
import { dockerOutput } from "./docker.ts";

export interface ContainerFacts {
  readonly id: string;
  /** Without the leading slash. */
  readonly name: string;
  readonly service: string;
  /** `running`, `exited`, `paused`, `restarting` and so on. */
  readonly state: string;
  /** `healthy`, `unhealthy`, `starting`; absent when the service has no health check. */
  readonly health?: string;
  readonly image: string;
  readonly mounts: readonly ContainerMount[];
  readonly ports: readonly ContainerPort[];
  /** On the first of its networks that gives one. */
  readonly address?: string;
  /** Holds secrets: never shown, never journaled. */
  readonly environment: Readonly<Record<string, string>>;
  /** When it was started last, as Docker writes it: another one after a restart. */
  readonly startedAt: string;
}

export interface ContainerMount {
  readonly type: string;
  /** On the host. */
  readonly source: string;
  /** In the container. */
  readonly destination: string;
  readonly writable: boolean;
}

/** A TCP port that is published. */
export interface ContainerPort {
  readonly container: number;
  readonly hostIp: string;
  readonly hostPort: number;
}

/** What Compose is asked for the containers of a service. */
export function listWords(service: string): readonly string[] {
  return ["ps", "-q", service];
}

/** Errors: the service is unknown, has no container, more than one, or one that does not run. */
export async function containerOf(
  { project, printed }: Asked,
  service: string,
  signal: AbortSignal,
): Promise<Result<ContainerFacts>> {
  const names = Object.keys(project.resolved.services);
  if (!names.includes(service)) return fail(unknownService(service, names));
  if (!printed.ok) return printed;
  const ids = printed.value.split(/\s+/).filter((word) => /^[0-9a-f]{12,}$/.test(word));
  const [id, ...more] = ids;
  if (id === undefined) return fail(notThere(project, service));
  if (more.length > 0) return fail(several(service, ids.length));
  const facts = await inspectContainer(id, service, signal);
  if (!facts.ok) return facts;
  const stopped = facts.value.state === "running" ? undefined : notRunning(facts.value);
  return stopped === undefined ? facts : fail(stopped);
}

const textOf = z.string().nullish();
const bindingShape = z.looseObject({ HostIp: z.string(), HostPort: z.string() });
const inspectShape = z.tuple([
  z.looseObject({
    Id: z.string(),
    Name: z.string(),
    State: z.looseObject({
      Status: z.string(),
      StartedAt: z.string().default(""),
      Health: z.looseObject({ Status: z.string() }).nullish(),
    }),
    Config: z.looseObject({ Image: z.string(), Env: z.array(z.string()).nullish() }),
    Mounts: z
      .array(
        z.looseObject({
          Type: z.string(),
          Source: textOf,
          Destination: z.string(),
          RW: z.boolean(),
        }),
      )
      .nullish(),
    NetworkSettings: z.looseObject({
      Ports: z.record(z.string(), z.array(bindingShape).nullable()).nullish(),
      Networks: z.record(z.string(), z.looseObject({ IPAddress: textOf })).nullish(),
    }),
  }),
]);

/** Errors: it is gone, or Docker says something that is not understood. */
export async function inspectContainer(
  id: string,
  service: string,
  signal?: AbortSignal,
): Promise<Result<ContainerFacts>> {
  const command = ["docker", "inspect", "--type", "container", id] as const;
  const printed = await dockerOutput({ command, ...(signal === undefined ? {} : { signal }) });
  return printed.ok ? parseInspect(printed.value, service) : printed;
}

export function parseInspect(text: string, service: string): Result<ContainerFacts> {
  const parsed = inspectShape.safeParse(jsonOf(text));
  if (!parsed.success) {
    return fail({
      code: "unusable",
      message: `What Docker says of the container of ${service} cannot be understood.`,
      hint: "Look at it with `docker inspect`.",
    });
  }
  const [{ Id, Name, State, Config, Mounts, NetworkSettings }] = parsed.data;
  const health = State.Health?.Status;
  const address = Object.values(NetworkSettings.Networks ?? {})
    .map(({ IPAddress }) => IPAddress ?? "")
    .find((one) => one !== "");
  return ok({
    id: Id,
    name: Name.replace(/^\//, ""),
    service,
    state: State.Status,
    ...(health === undefined || health === "none" ? {} : { health }),
    image: Config.Image,
    mounts: (Mounts ?? []).map(({ Type, Source, Destination, RW }) => ({
      type: Type,
      source: Source ?? "",
      destination: Destination,
      writable: RW,
    })),
    ports: Object.entries(NetworkSettings.Ports ?? {}).flatMap(([key, bindings]) =>
      portsOf(key, bindings ?? []),
    ),
    ...(address === undefined ? {} : { address }),
    environment: Object.fromEntries((Config.Env ?? []).map(pairOf)),
    startedAt: State.StartedAt,
  });
}

function portsOf(
  key: string,
  bindings: readonly z.output<typeof bindingShape>[],
): readonly ContainerPort[] {
  const match = /^(\d+)\/tcp$/.exec(key);
  if (match === null) return [];
  const container = Number(match[1]);
  return bindings.map(({ HostIp, HostPort }) => ({
    container,
    hostIp: HostIp,
    hostPort: Number(HostPort),
  }));
}

function pairOf(line: string): readonly [string, string] {
  const at = line.indexOf("=");
  return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
}

function jsonOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

function unknownService(service: string, names: readonly string[]): Problem {
  return {
    code: "unusable",
    message: `The Compose project has no service ${JSON.stringify(service)}.`,
    hint: didYouMean(service, names, "Known are"),
  };
}

function notThere(project: ComposeProject, service: string): Problem {
  const start = composeArguments(project, "up", "-d", service).join(" ");
  return {
    code: "unusable",
    message: `Service ${service} is not running: it has no container in this Compose project.`,
    hint: `Start it with \`${start}\`; if it runs under another project name, set \`projectName\`.`,
  };
}

function several(service: string, count: number): Problem {
  return {
    code: "unusable",
    message: `Service ${service} has ${count} containers, and a drill needs to know which is the primary.`,
    hint: `Scale it to one (\`--scale ${service}=1\`), or describe the primary as a \`direct\` environment.`,
  };
}

function notRunning({ name, service, state }: ContainerFacts): Problem {
  const wake =
    state === "paused"
      ? `Let it go on with \`docker unpause ${name}\``
      : `Look at \`docker logs ${name}\`, start it`;
  return {
    code: "unusable",
    message: `Container ${name} of service ${service} is not running: it is ${state}.`,
    hint: `${wake}, then try again.`,
  };
}
