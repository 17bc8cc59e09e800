/**
 * The table of contents of a custom or directory archive, as pg_backup_archiver.c writes it
 * (ReadHead, ReadToc): what `pg_restore -l` shows, with the statements.
 */
import { ArchiveBytes, Underflow } from "./bytes.ts";

export interface TocEntry {
  /** `SEQUENCE SET`, `TABLE DATA`, ... */
  readonly kind: string;
  readonly schema: string;
  readonly name: string;
  readonly statement: string;
}

/** undefined where it is no such archive, or of a format that is not known here. */
export type Toc = readonly TocEntry[] | undefined | "needs more bytes";

const CUSTOM = 1;
/** What a directory's `toc.dat` says of itself: it is read the way a tar archive's is. */
const TAR = 3;
/** As major * 100 + minor; newer ones may have fields that are not known here. */
const OLDEST = 112;
const NEWEST = 116;

export function readToc(bytes: Buffer): Toc {
  try {
    return entriesOf(bytes);
  } catch (error) {
    if (error instanceof Underflow) return "needs more bytes";
    throw error;
  }
}

function entriesOf(bytes: Buffer): readonly TocEntry[] | undefined {
  const reader = new ArchiveBytes(bytes, 0);
  if (reader.skip(5).toString("latin1") !== "PGDMP") return undefined;
  const version = reader.byte() * 100 + reader.byte();
  reader.skip(1);
  reader.integerBytes = reader.byte();
  const offsetBytes = reader.byte();
  const format = reader.byte();
  if (version < OLDEST || version > NEWEST || ![CUSTOM, TAR].includes(format)) {
    return undefined;
  }
  if (version >= 115) reader.skip(1);
  else reader.integer();
  // Seconds to isdst of the time it was made.
  for (let field = 0; field < 7; field += 1) reader.integer();
  // Database, server's version, pg_dump's version.
  for (let field = 0; field < 3; field += 1) reader.text();
  const count = reader.integer();
  const entries: TocEntry[] = [];
  for (let at = 0; at < count; at += 1) {
    entries.push(entryOf(reader, version));
    if (format === CUSTOM) reader.skip(1 + offsetBytes);
    else reader.text();
  }
  return entries;
}

function entryOf(reader: ArchiveBytes, version: number): TocEntry {
  // Dump id, whether it has data.
  reader.integer();
  reader.integer();
  // OIDs of catalogue and object.
  reader.text();
  reader.text();
  const name = reader.text() ?? "";
  const kind = reader.text() ?? "";
  // Section.
  reader.integer();
  const statement = reader.text() ?? "";
  // DROP, COPY.
  reader.text();
  reader.text();
  const schema = reader.text() ?? "";
  // Tablespace, access method, kind of relation, owner, WITH OIDS.
  reader.text();
  if (version >= 114) reader.text();
  if (version >= 116) reader.integer();
  reader.text();
  reader.text();
  while (reader.text() !== undefined) {
    // Dependencies.
  }
  return { kind, schema, name, statement };
}
