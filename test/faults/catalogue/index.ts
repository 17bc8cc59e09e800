/** Every fault, in the order of a drill. */
import type { Fault } from "../types.ts";
import { ROWS } from "./rows.ts";

export const CATALOGUE: readonly Fault[] = [...ROWS];
