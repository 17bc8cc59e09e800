/**
 * Puts a stand-in of a provider's CLI first on the PATH: an executable that asks the test what to
 * print. It takes no command line but those of its contract (`contracts/*.json`), which was recorded
 * from the CLI itself.
 */
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

export interface Said {
  readonly exit?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

interface Contract {
  /** Its words before arguments and flags. */
  readonly command: string;
  readonly arguments: number;
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** What it asks the provider, for people. */
  readonly asks?: string;
  /** What it prints without asking anybody. */
  readonly prints?: unknown;
}

interface ContractFile {
  readonly cli: string;
  readonly everywhere: readonly string[];
  readonly commands: readonly Contract[];
}

export interface Asked {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly flags: Readonly<Record<string, string>>;
  readonly prints: unknown;
}

export interface StandIn {
  /** To be put first on the PATH. */
  readonly bin: string;
  /** Each command that was asked for, in its order. */
  readonly asked: readonly string[];
  close(): void;
}

export async function standIn(
  contract: string,
  answer: (asked: Asked) => Said | Promise<Said>,
): Promise<StandIn> {
  const path = new URL(`contracts/${contract}.json`, import.meta.url);
  const file: ContractFile = JSON.parse(readFileSync(path, "utf8"));
  const asked: string[] = [];

  async function handle(request: IncomingMessage): Promise<Said> {
    const words: readonly string[] = JSON.parse(await text(request));
    const read = parse(file, words);
    if (typeof read === "string") return { exit: 2, stderr: `ERROR: (${file.cli}) ${read}\n` };
    asked.push(read.command);
    return answer(read);
  }

  const server = createServer((request, response) => {
    void handle(request).then((said) => response.end(JSON.stringify(said)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const bin = mkdtempSync(join(tmpdir(), "restore-drill-stand-in-"));
  const executable = join(bin, file.cli);
  writeFileSync(executable, script(file.cli, port));
  chmodSync(executable, 0o755);
  chmodSync(bin, 0o755);
  return {
    bin,
    asked,
    close() {
      server.closeAllConnections();
      server.close();
      rmSync(bin, { recursive: true, force: true });
    },
  };
}

function script(cli: string, port: number): string {
  return `#!${process.execPath}
// A stand-in of ${cli}, not ${cli}: it asks a test what to print.
fetch("http://127.0.0.1:${port}/", { method: "POST", body: JSON.stringify(process.argv.slice(2)) })
  .then((response) => response.json())
  .then(({ exit = 0, stdout = "", stderr = "" }) => {
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    process.exitCode = exit;
  });
`;
}

/** What it says against a command line that is not of the contract. */
function parse(file: ContractFile, words: readonly string[]): Asked | string {
  const plain = words.filter((word) => !word.startsWith("--"));
  const flags = Object.fromEntries(
    words
      .filter((word) => word.startsWith("--"))
      .map((word) => {
        const [name = "", ...value] = word.split("=");
        return [name, value.join("=")];
      }),
  );
  const known = file.commands.find(({ command, arguments: count }) => {
    const own = command.split(" ");
    return plain.length === own.length + count && own.every((word, at) => plain[at] === word);
  });
  if (known === undefined) return `Invalid choice: '${plain.join(" ")}'.`;
  const missing = known.required.find((name) => !(name in flags));
  if (missing !== undefined) return `argument ${missing}: Must be specified.`;
  const allowed = [...file.everywhere, ...known.required, ...known.optional];
  const strange = Object.keys(flags).find((name) => !allowed.includes(name));
  if (strange !== undefined) return `unrecognized arguments: ${strange}`;
  const { command, prints } = known;
  return { command, arguments: plain.slice(command.split(" ").length), flags, prints };
}
