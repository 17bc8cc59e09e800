/** Shared with the other YAML documents. */
export * from "../yaml/located.ts";
