/**
 * A stand-in of gcloud where there is none: asks the fake Admin API what gcloud 528 was recorded
 * (contracts/gcloud.json) to ask it, and tells of the answers in its words.
 */
import { z } from "zod";
import { PROJECT } from "./fake-cloud-sql.ts";
import { type Asked, type Said, type StandIn, standIn } from "./stand-in.ts";

/** What goes wrong before it asks anybody. */
export interface GcloudFaults {
  version?: string;
  project?: string;
  account?: "none";
  /** Said by these commands instead of asking. */
  says?: Readonly<Record<string, string>>;
}

interface Call {
  readonly line: string;
  readonly body?: object;
}

const refusedShape = z.object({ error: z.object({ code: z.number(), message: z.string() }) });

export function standInGcloud(url: string, faults: () => GcloudFaults): Promise<StandIn> {
  return standIn("gcloud", async (asked) => {
    const { version, project, account, says = {} } = faults();
    const { command, prints } = asked;
    const own = says[command];
    if (own !== undefined) return refused(asked, own);
    if (command === "version" && version !== undefined) {
      return printed({ ...(prints as object), "Google Cloud SDK": version });
    }
    if (command === "config get-value") return configured(asked, project);
    if (command === "auth list" && account === "none") return printed([]);
    const call = callOf(asked);
    return call === undefined ? printed(prints) : ask(url, asked, call);
  });
}

function configured({ arguments: [what] }: Asked, project = PROJECT): Said {
  return what === "project" && project !== "" ? printed(project) : printed([]);
}

/** As recorded from gcloud 528. */
function callOf({ command, arguments: [first = "", second], flags }: Asked): Call | undefined {
  const { "--instance": instance, "--restore-instance": target } = flags;
  switch (command) {
    case "sql instances describe":
      return { line: `GET instances/${first}` };
    case "sql instances list":
      return { line: "GET instances" };
    case "sql instances delete":
      return { line: `DELETE instances/${first}` };
    case "beta sql instances create": {
      const settings = { userLabels: labelled(flags["--labels"]) };
      return { line: "POST instances", body: { name: first, settings } };
    }
    case "sql instances get-latest-recovery-time":
      return { line: `GET instances/${first}/getLatestRecoveryTime` };
    case "sql instances clone": {
      const pointInTime = new Date(flags["--point-in-time"] ?? "").toISOString();
      const cloneContext = { destinationInstanceName: second, pointInTime };
      return { line: `POST instances/${first}/clone`, body: { cloneContext } };
    }
    case "beta sql instances patch":
      return { line: `PATCH instances/${first}`, body: { settings: patched(flags) } };
    case "sql backups create":
      return {
        line: `POST instances/${instance}/backupRuns`,
        body: { description: flags["--description"], instance },
      };
    case "sql backups list":
      return { line: `GET instances/${instance}/backupRuns` };
    case "sql backups delete":
      return { line: `DELETE instances/${instance}/backupRuns/${first}` };
    case "sql backups restore":
      return {
        line: `POST instances/${target}/restoreBackup`,
        body: {
          restoreBackupContext: { backupRunId: first, instanceId: flags["--backup-instance"] },
        },
      };
    case "sql operations describe":
      return { line: `GET operations/${first}` };
    default:
      return undefined;
  }
}

function labelled(flag = ""): Readonly<Record<string, string>> {
  const [key = "", value = ""] = flag.split("=");
  return { [key]: value };
}

function patched(flags: Asked["flags"]): object {
  return {
    userLabels: labelled(flags["--update-labels"]),
    ...("--no-deletion-protection" in flags ? { deletionProtectionEnabled: false } : {}),
    ...("--no-retain-backups-on-delete" in flags ? { retainBackupsOnDelete: false } : {}),
  };
}

async function ask(url: string, asked: Asked, { line, body }: Call): Promise<Said> {
  const [method = "", path = ""] = line.split(" ");
  const project = asked.flags["--project"];
  const answer = await fetch(`${url}sql/v1beta4/projects/${project}/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const json: unknown = await answer.json();
  if (answer.ok) return printed(asked.command.endsWith(" list") ? itemsOf(json, asked) : json);
  const { code, message } = refusedShape.parse(json).error;
  const kept = code === 403 ? keptFrom(asked, `projects/${project}/${path}`) : undefined;
  const { stderr, ...said } = refused(asked, kept ?? `HTTPError ${code}: ${message}`);
  return { ...said, stderr: `${code === 404 ? "" : announced(asked)}${stderr}` };
}

/** Recorded: what a patch is going to ask for, in Python's JSON, once it has seen the instance. */
function announced({ command, arguments: [name], flags }: Asked): string {
  if (command !== "beta sql instances patch") return "";
  const settings = { userLabels: labelled(flags["--update-labels"]) };
  const sent = { name, project: flags["--project"], settings };
  const json = JSON.stringify(sent).replaceAll('":', '": ').replaceAll(',"', ', "');
  return `The following message will be used for the patch API method.\n${json}\n`;
}

/** Recorded: of an instance that is kept from it, it does not tell the provider's message. */
function keptFrom({ command }: Asked, path: string): string | undefined {
  switch (command) {
    case "sql instances describe":
      return `There was no instance found at ${path} or you are not authorized to access it.`;
    case "sql instances get-latest-recovery-time":
      return `There's no instance found at ${path.replace(/\/\w+$/u, "")} or you're not authorized to access it.`;
    default:
      return undefined;
  }
}

function itemsOf(json: unknown, { flags }: Asked): unknown {
  const { items } = z.object({ items: z.array(z.looseObject({})) }).parse(json);
  const [key, value] = (flags["--filter"] ?? "").split("=");
  return key === "name" ? items.filter(({ name }) => name === value) : items;
}

function printed(what: unknown): Said {
  return { stdout: JSON.stringify(what, null, 2) };
}

function refused({ command }: Asked, what: string): Said {
  return { exit: 1, stderr: `ERROR: (gcloud.${command.replaceAll(" ", ".")}) ${what}\n` };
}
