/** Shared with the other YAML documents. */
export { type ReadDocument, readDocument } from "../yaml/document.ts";
