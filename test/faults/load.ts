/** Writers on a primary while its backup is taken: each repeats one statement, over and over. */
import { must } from "../helpers/results.ts";
import type { OpenRig } from "./rig.ts";

/** A bound, so that a drill that hangs does not fill the disk. */
const MOST_ROUNDS = 50_000;
/** Rounds each writer makes before the dump goes on: it is being written to, surely. */
const WARM_ROUNDS = 5;

export interface Load {
  /** Resolves once every writer has written since. */
  warm(): Promise<void>;
  stop(): Promise<void>;
}

export function runLoad(rig: OpenRig, statements: readonly string[]): Load {
  const rounds = statements.map(() => 0);
  let over = false;
  const waiting: { readonly enough: readonly number[]; readonly go: () => void }[] = [];
  const written = () => {
    for (const one of waiting) {
      if (over || one.enough.every((count, at) => (rounds[at] ?? 0) >= count)) one.go();
    }
  };
  const write = async (statement: string, at: number) => {
    const target = await rig.target();
    const options = { database: rig.primary, role: "maintenance", purpose: "writer" } as const;
    const session = must(await target.connect(options));
    for (let round = 0; round < MOST_ROUNDS && !over; round += 1) {
      const sql = statement.replaceAll("{n}", String(round));
      must(await session.query(sql));
      rounds[at] = round + 1;
      written();
    }
    await session.close();
  };
  const writers = Promise.all(statements.map(write));
  const failed = writers.then(() => {});
  return {
    warm: () =>
      Promise.race([
        new Promise<void>((go) => {
          waiting.push({ enough: rounds.map((count) => count + WARM_ROUNDS), go });
          written();
        }),
        failed,
      ]),
    async stop() {
      over = true;
      await writers;
    },
  };
}
