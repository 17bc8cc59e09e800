/** argv to one command to an exit code. Commands load only when they are the one. */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { VERSION } from "./launch/tool.ts";

const USAGE_EXIT = 2;

export async function main(argv: readonly string[]): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", readerGone);
  try {
    await program().parseAsync([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT;
  }
}

/** A drill whose reader went away (`| head`) goes on to its end: its journal and log matter more. */
function readerGone(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

/** Takes `NAME=VALUE`, keeps the rest of the line as it is. */
function pair(written: string, before: Readonly<Record<string, string>> = {}) {
  const at = written.indexOf("=");
  if (at < 1) {
    throw new InvalidArgumentError(`"${written}" is not NAME=VALUE.`);
  }
  return { ...before, [written.slice(0, at)]: written.slice(at + 1) };
}

function program(): Command {
  const cli = new Command("restore-drill")
    .description(
      "Step through a Postgres backup and restore drill, prove the restored database equals the primary, and keep a signed log.",
    )
    .version(VERSION, "-v, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .exitOverride()
    .showHelpAfterError("(restore-drill --help shows every command and option)")
    .enablePositionalOptions();
  addDrillCommands(cli);
  addLookingCommands(cli);
  addLogCommands(cli);
  cli.addHelpText("after", EXIT_CODES);
  return cli;
}

const EXIT_CODES = `
Exit codes: 0 passed, with or without deviations; 1 failed; 2 usage; 3 checklist or configuration
invalid; 4 environment refused or unusable; 5 an operator is needed; 6 the log does not verify;
130 and 143 interrupted.`;

function addDrillCommands(cli: Command): void {
  cli
    .command("run", { isDefault: true })
    .description("drill (the default command)")
    .argument(
      "[checklist]",
      "an id from `restore-drill checklists`, or a path",
      "database-backup-restore",
    )
    .option("--environment <name>", "the environment to drill")
    .option("--config <file>", "restore-drill.yaml to read instead of the nearest one")
    .option("--operator <name>", "who runs the drill")
    .option("--set <name=value>", "set a variable (repeatable)", pair)
    .option("--skip <step=reason>", "skip an optional step (repeatable)", pair)
    .option("--headless", "no screen; one line an event")
    .option("--json", "with --headless: one JSON event a line on standard output")
    .option("--answers <file>", "with --headless: YAML that answers the human steps")
    .option("--dry-run", "print the resolved plan and run nothing")
    .action(async (checklist: string, options: object) => {
      const { runCommand } = await import("./commands/run.ts");
      process.exitCode = await runCommand({ checklist, ...options });
    });
  cli
    .command("resume")
    .description("go on with a drill that was left")
    .argument("[drill]", "its id; default the newest unfinished one")
    .option("--config <file>", "restore-drill.yaml to read instead of the nearest one")
    .option("--operator <name>", "who goes on with it")
    .option("--headless", "no screen; one line an event")
    .option("--json", "with --headless: one JSON event a line on standard output")
    .option("--answers <file>", "with --headless: YAML that answers the human steps")
    .action(async (drill: string | undefined, options: object) => {
      const { resumeCommand } = await import("./commands/resume.ts");
      process.exitCode = await resumeCommand({ drill, ...options });
    });
  cli
    .command("abandon")
    .description("do the cleanup a drill owes and log it as aborted")
    .argument("<drill>", "its id")
    .option("--config <file>", "restore-drill.yaml to read instead of the nearest one")
    .option("--operator <name>", "who abandons it")
    .action(async (drill: string, options: object) => {
      const { abandonCommand } = await import("./commands/resume.ts");
      process.exitCode = await abandonCommand({ drill, ...options });
    });
}

function addLookingCommands(cli: Command): void {
  cli
    .command("checklists")
    .description("list the checklists that come with the tool")
    .option("--environment <name>", "only those that are fit for this environment")
    .option("--config <file>", "restore-drill.yaml to read instead of the nearest one")
    .option("--json", "as JSON")
    .action(async (options: { json?: boolean; environment?: string; config?: string }) => {
      const { checklistsCommand } = await import("./commands/checklists.ts");
      process.exitCode = await checklistsCommand(options);
    });
  cli
    .command("check")
    .description("check checklists without running anything")
    .argument("<file...>", "paths, or ids")
    .action(async (files: readonly string[]) => {
      const { checkCommand } = await import("./commands/checklists.ts");
      process.exitCode = await checkCommand(files);
    });
  cli
    .command("check-backup")
    .description("check a backup against its manifest without restoring it")
    .argument("<file>", "the backup: a file, or a directory")
    .option("--max-age <age>", "how old it may be, such as 25h or 7d")
    .option("--json", "as JSON")
    .action(async (file: string, options: { json?: boolean; maxAge?: string }) => {
      const { checkBackupCommand } = await import("./commands/check-backup.ts");
      process.exitCode = await checkBackupCommand({ file, ...options });
    });
  cli
    .command("environments")
    .description("list the environments a drill can happen in")
    .option("--config <file>", "restore-drill.yaml to read instead of the nearest one")
    .option("--json", "as JSON")
    .option("--save", "write what was found in this directory to restore-drill.yaml")
    .action(async (options: { config?: string; json?: boolean }) => {
      const { environmentsCommand } = await import("./commands/environments.ts");
      process.exitCode = await environmentsCommand(options);
    });
}

function addLogCommands(cli: Command): void {
  const log = cli
    .command("log")
    .description("list, show, export, verify and approve the signed log");
  const act = (sub: "list" | "show" | "export" | "verify" | "approve") => {
    return async (...given: unknown[]) => {
      const entry = typeof given[0] === "string" ? given[0] : undefined;
      const options = (sub === "list" || sub === "verify" ? given[0] : given[1]) as object;
      const { runLogCommand } = await import("./commands/log-main.ts");
      process.exitCode = await runLogCommand({ sub, entry, ...options });
    };
  };
  log
    .command("list")
    .description("one line an entry")
    .option("--json", "as JSON")
    .action(act("list"));
  log
    .command("show")
    .description("one entry, for people")
    .argument("[entry]", "its id or a unique beginning; default the newest")
    .option("--json", "as JSON")
    .action(act("show"));
  log
    .command("export")
    .description("write one entry to a file")
    .argument("[entry]", "its id or a unique beginning; default the newest")
    .addOption(
      new Option("--format <format>", "what to write")
        .choices(["markdown", "json", "html"])
        .makeOptionMandatory(),
    )
    .requiredOption("--output <file>", "a new file, or - for standard output")
    .action(act("export"));
  log
    .command("verify")
    .description("check the chain, every signature and every approval")
    .option("--approvers <file>", "public keys that may approve; another one's approval fails")
    .option("--json", "as JSON")
    .action(act("verify"));
  log
    .command("approve")
    .description("sign an entry as its approver, who is not its operator, or reject it")
    .argument("<entry>", "its id or a unique beginning")
    .requiredOption("--as <name>", "who approves")
    .requiredOption(
      "--key <file>",
      "the approver's own SSH key: a private key, or a .pub in ssh-agent",
    )
    .option("--reject <reason>", "reject the entry, and say why")
    .option("--json", "print the record as JSON")
    .action(act("approve"));
}
