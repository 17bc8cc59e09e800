import type { Launch } from "../engine/interface.ts";
import type { DriveOptions } from "./drive.ts";

export async function runScreen(_launch: Launch, _options: DriveOptions): Promise<number> {
  return 1;
}
