/** Standard output carries results, standard error diagnostics. */
import { exitCodeOf, type Problem } from "../problem.ts";

export function out(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function err(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Prints a problem and gives its exit code. */
export function complain(problem: Problem): number {
  const { where, message, hint, code, details = {} } = problem;
  err(`restore-drill: ${where === undefined ? "" : `${where}: `}${message}`);
  // What a refusal rests on is what the operator decides by; other details are for machines.
  const grounds = code === "refused" ? Object.entries(details) : [];
  for (const [name, value] of grounds) if (value !== "") err(`  ${name}: ${value}`);
  if (hint !== undefined) err(`  ${hint}`);
  return exitCodeOf(problem);
}

export function complainAll(problems: readonly Problem[]): number {
  const codes = problems.map(complain);
  return codes[0] ?? 0;
}

export interface Interruption {
  readonly signal: NodeJS.Signals;
  readonly exit: number;
}

/** Resolves at the first signal that asks us to stop; a second one ends the process at once. */
export function interruption(): { readonly happened: Promise<Interruption>; forget(): void } {
  const exits: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
    SIGINT: 130,
    SIGTERM: 143,
    SIGHUP: 143,
  };
  const { promise, resolve } = Promise.withResolvers<Interruption>();
  let seen = false;
  const onSignal = (signal: NodeJS.Signals) => {
    const exit = exits[signal] ?? 130;
    if (seen) process.exit(exit);
    seen = true;
    resolve({ signal, exit });
  };
  const signals = Object.keys(exits) as NodeJS.Signals[];
  for (const signal of signals) process.on(signal, onSignal);
  return {
    happened: promise,
    forget() {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
