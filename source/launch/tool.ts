import type { ToolSummary } from "../drill/types.ts";

declare const __VERSION__: string | undefined;

/** Bundled in; from source there is none. */
export const VERSION = typeof __VERSION__ === "undefined" ? "from-source" : __VERSION__;

export function toolSummary(): ToolSummary {
  return {
    version: VERSION,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
  };
}
