/** Writes what was found in a Compose project as a configuration that people can read and mend. */
import { writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { showName } from "../postgres/identifiers.ts";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { errorCode } from "../process/spawn-problem.ts";
import type { Finding } from "./compose/discover.ts";
import { CONFIG_NAME, type Environments } from "./config.ts";
import type { ComposeConfig } from "./types.ts";

/** Path of the new file; an existing one is never touched. Errors: nothing found, a file is there. */
export async function saveDetected(
  environments: Environments,
  directory: string,
): Promise<Result<string>> {
  const file = join(directory, CONFIG_NAME);
  if (environments.path !== undefined) return fail(thereAlready(environments.path));
  const offer = environments.offered.find(({ detected }) => detected);
  if (offer === undefined) return fail(nothingFound(directory));
  if (!offer.config.ok) return offer.config;
  const config = offer.config.value;
  if (config.target !== "compose") return fail(nothingFound(directory));
  try {
    await writeFile(file, configText(config, offer.found ?? []), { flag: "wx", mode: 0o644 });
    return ok(file);
  } catch (error) {
    return fail(errorCode(error) === "EEXIST" ? thereAlready(file) : unwritable(file, error));
  }
}

/** Holds no secret: the password stays where it was found. */
export function configText(config: ComposeConfig, found: readonly Finding[]): string {
  const { project, service, database, user, backups, app, monitoring, migrations } = config;
  const why = (key: string) => found.find((one) => one.key === key)?.from ?? "";
  const line = (key: string, value: string, from = why(key)) =>
    `    ${key}: ${value}${from === "" ? "" : ` # ${comment(from)}`}`;
  const near = (path: string) => scalar(nearby(project, path));
  const lines = [
    "# Written by `restore-drill environments --save`, from what Docker Compose says of this project.",
    "# Each comment tells where its line was found: correct what is wrong.",
    `default: ${scalar(config.name)}`,
    "environments:",
    `  ${scalar(config.name)}:`,
    "    target: compose",
    "    project: .",
    line("service", scalar(service)),
    line("database", scalar(database)),
    line("user", scalar(user)),
    config.password === undefined
      ? "    # password: ${DB_PASSWORD} # none was found; only a reference may be written here"
      : `    # password: not needed here, it comes from ${comment(why("password"))}`,
    line(
      "backups",
      `{ host: ${near(backups.host)}, container: ${scalar(backups.container ?? "")} }`,
    ),
    ...(app === undefined
      ? []
      : [
          line(
            "app",
            `{ service: ${scalar(app.service ?? "")}, port: ${app.port}, health: ${scalar(app.health)}, ready: ${scalar(app.ready)} }`,
          ),
        ]),
    ...(monitoring === undefined
      ? []
      : [
          "    monitoring:",
          ...Object.entries(monitoring).map(
            ([kind, url]) => `  ${line(kind, scalar(String(url)))}`,
          ),
        ]),
    ...(migrations === undefined
      ? []
      : [line("migrations", `{ tool: prisma, directory: ${near(migrations.directory)} }`)]),
  ];
  return `${lines.join("\n")}\n`;
}

function nearby(project: string, path: string): string {
  const inside = relative(project, path);
  return inside.startsWith("../") || inside === "" ? path : `./${inside}`;
}

/** JSON's quoting is YAML's, too; what looks like a reference is none. */
function scalar(text: string): string {
  const escaped = text.replaceAll("${", "$${");
  const plain =
    /^[A-Za-z_./][\w./:-]*$/.test(escaped) && !/^(?:true|false|null|yes|no|on|off)$/i.test(escaped);
  return plain && !escaped.endsWith(":") ? escaped : JSON.stringify(escaped);
}

function comment(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, " ");
}

function thereAlready(file: string): Problem {
  return {
    code: "refused",
    message: `There is a configuration already, and it was not touched: ${showName(file)}.`,
    hint: "Edit that file, or move it away first.",
  };
}

function nothingFound(directory: string): Problem {
  return {
    code: "unusable",
    message: `No Compose project with a Postgres service was found in ${showName(directory)}, so there is nothing to save.`,
    hint: "Run this in the directory of the Compose file.",
  };
}

function unwritable(file: string, error: unknown): Problem {
  return {
    code: "failed",
    message: `${showName(file)} cannot be written (${errorCode(error) || "unknown error"}).`,
    hint: "Check the permissions of the directory.",
  };
}
