/** Lines out, lines in: all that a plain terminal, a screen reader or a dumb one needs. */
import { createInterface } from "node:readline/promises";

export interface LineConsole {
  print(text: string): void;
  /** Undefined when the input has ended or the operator pressed Ctrl+C. */
  ask(prompt: string): Promise<string | undefined>;
  close(): void;
}

export function lineConsole(
  stdin: NodeJS.ReadableStream,
  stdout: NodeJS.WritableStream,
  transform: (text: string) => string,
): LineConsole {
  const lines = createInterface({ input: stdin, output: stdout, terminal: false });
  const waiting: ((line: string | undefined) => void)[] = [];
  const typed: string[] = [];
  let ended = false;
  lines.on("line", (line) => {
    const next = waiting.shift();
    if (next === undefined) typed.push(line);
    else next(line);
  });
  lines.on("close", () => {
    ended = true;
    for (const next of waiting.splice(0)) next(undefined);
  });
  return {
    print: (text) => void stdout.write(`${transform(text)}\n`),
    ask(prompt) {
      // What was typed before the question was asked is not an answer to it.
      typed.length = 0;
      stdout.write(transform(`${prompt} `));
      if (ended) return Promise.resolve(undefined);
      const { promise, resolve } = Promise.withResolvers<string | undefined>();
      waiting.push(resolve);
      return promise;
    },
    close: () => lines.close(),
  };
}
