/**
 * Points in time of a fake provider. It knows one only: the base backup that was taken when the
 * latest point was last asked for.
 */
import { rmSync } from "node:fs";
import { baseBackup15, type Postgres15 } from "../helpers/postgres15.ts";

export interface PointFaults {
  /** So many times, the latest point lies an hour back. */
  behind?: number;
}

export function fakePoints(source: Postgres15, faults: () => PointFaults) {
  let point: { readonly time: string; readonly home: string } | undefined;
  const forget = () => {
    if (point !== undefined) rmSync(point.home, { recursive: true, force: true });
  };

  /** What was read before must not seem later. */
  function take(): string {
    forget();
    const time = new Date().toISOString();
    point = { time, home: baseBackup15(source) };
    return time;
  }

  return {
    latest(): string {
      const now = faults();
      const { behind = 0 } = now;
      if (behind === 0) return take();
      now.behind = behind - 1;
      return new Date(Date.now() - 3_600_000).toISOString();
    },
    /** The base backup for a time; undefined when the fake has none. */
    at(time: string): string | undefined {
      if (point === undefined || Math.abs(Date.parse(time) - Date.parse(point.time)) > 60_000) {
        return undefined;
      }
      return point.home;
    },
    close: forget,
  };
}
