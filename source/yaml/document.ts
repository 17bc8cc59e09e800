/**
 * YAML text to located data. Takes the plain part of YAML only: one document of mappings, lists
 * and scalars, without anchors, aliases, tags and repeated keys.
 */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type ParsedNode,
  parseDocument,
  type YAMLError,
} from "yaml";
import { type Complaint, type Located, quote, type Span } from "./located.ts";

/** Deeper than any document of ours is, and far from exhausting the stack. */
const DEEPEST = 32;

const MOST_SYNTAX_COMPLAINTS = 3;

export interface ReadDocument {
  readonly root?: Located;
  readonly complaints: readonly Complaint[];
}

export function readDocument(text: string): ReadDocument {
  const document = parseDocument(text, {
    // The library's own check compares every key with every other.
    uniqueKeys: false,
    stringKeys: true,
    prettyErrors: false,
    // "silent" would keep quiet about a second document; nothing is ever printed here.
    logLevel: "error",
    version: "1.2",
    schema: "core",
  });
  const broken = [...syntaxComplaints(document.errors), ...directiveComplaints(document)];
  if (broken.length > 0) return { complaints: broken };
  if (isNothing(document.contents)) return { complaints: [emptyComplaint()] };
  const reader = new Reader();
  const root = reader.read(document.contents, 0);
  // Without what an alias stands for, further complaints would only mislead.
  const readable = root !== undefined && !reader.incomplete;
  return readable ? { root, complaints: reader.complaints } : { complaints: reader.complaints };
}

function isNothing(contents: ParsedNode | null): contents is null {
  return contents === null || (isScalar(contents) && contents.value === null && !contents.tag);
}

function emptyComplaint(): Complaint {
  return { at: 0, message: "the document is empty" };
}

function directiveComplaints(document: Document.Parsed): readonly Complaint[] {
  if (document.directives.yaml.version === "1.2") return [];
  return [
    {
      at: 0,
      message: `the document asks for YAML ${document.directives.yaml.version}`,
      hint: "Leave out the %YAML line: YAML 1.2 is read.",
    },
  ];
}

const SYNTAX: Readonly<Record<string, { readonly message: string; readonly hint?: string }>> = {
  BLOCK_AS_IMPLICIT_KEY: {
    message: "a mapping cannot start in the middle of a line",
    hint: 'Put a text that holds ": " in quotes, or start the mapping on its own line.',
  },
  MULTIPLE_DOCS: {
    message: "the file holds more than one document",
    hint: "Keep one document in a file and leave out the --- line.",
  },
  TAB_AS_INDENT: { message: "a tab is used to indent", hint: "Indent with spaces." },
  RESOURCE_EXHAUSTION: {
    message: "the document is nested too deeply",
    hint: `Use at most ${DEEPEST} levels.`,
  },
  NON_STRING_KEY: { message: "a key is not text", hint: "Keys are plain names." },
};

/** One slip makes the parser stumble over all that follows, so only the first few are told. */
function syntaxComplaints(errors: readonly YAMLError[]): readonly Complaint[] {
  const inOrder = errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  return inOrder.slice(0, MOST_SYNTAX_COMPLAINTS).map(syntaxComplaint);
}

function syntaxComplaint(error: YAMLError): Complaint {
  const known = Object.hasOwn(SYNTAX, error.code) ? SYNTAX[error.code] : undefined;
  const message = known?.message ?? `this is not YAML: ${lowerFirst(clean(error.message))}`;
  return { at: error.pos[0], message, ...(known?.hint === undefined ? {} : { hint: known.hint }) };
}

/** The library repeats what it found, which may hold anything. */
function clean(message: string): string {
  return quote(message).slice(1, -1).replaceAll('\\"', '"');
}

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

class Reader {
  readonly complaints: Complaint[] = [];
  incomplete = false;

  read(node: ParsedNode | null, depth: number): Located | undefined {
    if (node === null) return undefined;
    const span = spanOf(node);
    if (depth > DEEPEST) {
      this.incomplete = true;
      return this.#refuse(
        span,
        "the document is nested too deeply",
        `Use at most ${DEEPEST} levels.`,
      );
    }
    if (isAlias(node)) {
      this.incomplete = true;
      return this.#refuse(
        span,
        `${quote(`*${node.source}`)} is an alias`,
        "Write the value out here.",
      );
    }
    this.#checkProperties(node, span);
    if (isMap(node)) return this.#map(node.items, span, depth);
    if (isSeq(node)) return this.#list(node.items, span, depth);
    return { kind: "scalar", ...span, value: scalarValue(node.value) };
  }

  #checkProperties(node: { anchor?: string; tag?: string }, span: Span): void {
    if (node.anchor !== undefined) {
      this.#refuse(span, `${quote(`&${node.anchor}`)} is an anchor`, "Leave it out.");
    }
    if (node.tag !== undefined) {
      const hint = 'Leave it out; put a value that must stay text in quotes, as in "4000".';
      this.#refuse(span, `${quote(node.tag)} is a tag`, hint);
    }
  }

  #map(pairs: readonly MapPair[], span: Span, depth: number): Located {
    const entries = new Map<string, { readonly key: Span; readonly value: Located }>();
    for (const pair of pairs) {
      const key = spanOf(pair.key);
      const name = isScalar(pair.key) ? String(pair.key.value ?? "") : "";
      if (isScalar(pair.key)) this.#checkProperties(pair.key, key);
      if (this.#refuseKey(name, key, entries)) continue;
      const value = this.read(pair.value, depth + 1) ?? { kind: "scalar", ...key, value: null };
      entries.set(name, { key, value });
    }
    return { kind: "map", ...span, entries };
  }

  #refuseKey(name: string, key: Span, seen: ReadonlyMap<string, unknown>): boolean {
    if (seen.has(name)) {
      this.#refuse(key, `the key ${quote(name)} is written twice`, "Keep one of the two.");
      return true;
    }
    if (name === "__proto__") {
      this.#refuse(key, 'unknown key "__proto__"', "Leave it out.");
      return true;
    }
    return false;
  }

  #list(nodes: readonly ParsedNode[], span: Span, depth: number): Located {
    const items = nodes.map(
      (node): Located => this.read(node, depth + 1) ?? { kind: "scalar", ...span, value: null },
    );
    return { kind: "list", ...span, items };
  }

  #refuse(span: Span, message: string, hint: string): undefined {
    this.complaints.push({ at: span.start, message, hint });
    return undefined;
  }
}

interface MapPair {
  readonly key: ParsedNode;
  readonly value: ParsedNode | null;
}

function spanOf(node: { readonly range: readonly [number, number, number] }): Span {
  return { start: node.range[0], end: node.range[1] };
}

function scalarValue(value: unknown): string | number | boolean | null {
  const kept = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  return kept ? value : null;
}
