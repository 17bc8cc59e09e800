/**
 * Traps that were seen in practice, each with the faults and healthy drills that fall into it. The
 * quick test sees that every name is one of the catalogue.
 */
export const TRAPS: Readonly<Record<string, readonly string[]>> = {
  "psql without ON_ERROR_STOP exits 0 after errors": [
    "restore: error swallowed",
    "restore: a broken index statement and silence",
  ],
  "a plain dump cut at a line end restores in part and exits 0": [
    "dump: cut at a line end",
    "dump: without its last line",
    "file: cut at a line end within COPY",
    "file: last line lost",
  ],
  "pg_restore -l accepts an archive cut to a tenth": [
    "dump: custom cut to a tenth",
    "file: custom cut to a tenth",
  ],
  "an emptied data file of a directory restores 0 rows and exits 0": [
    "dump: a member emptied",
    "file: directory: a member emptied",
  ],
  "errors ignored on restore, a pipe's masked exit code": [
    "restore: custom: errors ignored, exit code masked",
    "dump: killed and its exit code masked",
    "restore: half was read",
  ],
  "messages of the tools are lost": [
    "dump: warning on stderr",
    "dump: error on stderr, exit code 0",
    "restore: unknown warning",
  ],
  "a dump carries no database settings, grants or comment": [
    "restore: into a database without the settings",
    "setting of the database lost",
    "setting of a role in the database lost",
    "grant on the database lost",
  ],
  "a dirty template adds objects": ["restore: into a database with remains", "extra table"],
  "SQL_ASCII gives no error and equal bytes": [
    "restore: into SQL_ASCII",
    "database in SQL_ASCII, its bytes equal",
  ],
  "a restore into an existing database": [
    "restore: database exists already",
    "restore: into a database that lost its marker",
  ],
  "client versions that do not fit": [
    "dump: client older than the server",
    "dump: client too new for the server",
    "dump: client with a known hole",
  ],
  "row security silently dumps fewer rows": [
    "dump: under row security",
    "primary: role under row security",
    "row under row security lost",
  ],
  "-n and -t leave out large objects and more": [
    "dump: with only one schema",
    "dump: with no large objects",
    "dump: with a table left out",
    "restore: large objects dropped on the way",
  ],
  "extension member tables have no data in a dump": ["primary: table that an extension swallows"],
  "a subscription blocks dropping the database": ["extra subscription"],
  "--inserts loses the sign of -0": [
    "dump: with inserts, which lose -0",
    "value -0 became 0 (double)",
  ],
  "sequences ignore snapshots": [
    "under load: sequences, plain",
    "sequence set back by one",
    "dump: sequence values left out",
  ],
  "TRUNCATE between export and the dump's locks": ["primary: a TRUNCATE waits for the dump"],
  "views are dumped in their newest form": [
    "a view changes once while the dump runs",
    "a function changes once while the dump runs",
  ],
  "the table list changes meanwhile": [
    "primary: a schema is renamed under the dump",
    "under load: a table appears",
  ],
  "the session with the snapshot is lost": ["primary: the session with the snapshot is ended"],
  "a dump of another moment": ["dump: rows of another moment", "dump: an earlier one instead"],
  "held locks queue DDL": ["primary: an ALTER TABLE waits for the dump"],
  "a column named like its table hijacks t::text": ["keyword columns swapped"],
  "settings of the session change how values look": ["settings that change how values look"],
  "XOR cancels pairs": ["pair replaced by another pair", "one lost, another doubled"],
  "a bare cast loses char padding": ["value trailing blanks lost", "value char padding changed"],
  "physical column order differs in inherited tables": [
    "inherited columns swapped",
    "everything, plain",
  ],
  "hash functions are blind": [
    "value -0 became 0 (real)",
    "value 1.0 became 1.00",
    "value citext case changed",
    "value 24 hours became a day",
    "value array bounds lost",
  ],
  "types without a hash": [
    "value json lost its blanks",
    "value blank in xml lost",
    "value cents lost",
    "value bit flipped",
    "value weight of a lexeme lost",
    "value -0 became 0 (point)",
  ],
  "enum and reg* values hash by OID": ["everything, plain", "value regclass points elsewhere"],
  "NULL, empty and blank are taken for the same": [
    "NULL became empty text",
    "empty text became NULL",
    "empty text became a space",
  ],
  "rows are counted with those of children": [
    "rows moved from child to parent",
    "row in the wrong hash partition",
  ],
  "materialized views are stale or not filled": [
    "primary: stale materialized view",
    "stale materialized view",
    "materialized view not filled",
    "restore: directory without a materialized view's rows",
  ],
  "\\restrict, time zones and varchar IN change the schema's text": [
    "shapes that look different after a restore",
    "partitions",
  ],
  "invalid indexes, also on the primary": [
    "primary: invalid index, which a dump leaves out",
    "index invalid",
    "index not ready",
  ],
  "disabled foreign-key triggers": [
    "foreign key triggers disabled",
    "foreign key triggers of the other side disabled",
  ],
  "extension versions": ["extension of another version", "older version of an extension"],
  "large objects' rights and comments": ["large object: grant lost", "large object: comment lost"],
  "collation versions": ["collation of another version", "collation version of the database"],
  "an index lacks entries": ["index lacks an entry", "unique index lacks an entry"],
  "a full disk": [
    "dump: full disk",
    "dump: file size limit and its exit code masked",
    "restore: full disk",
  ],
  "a stale dump, a dump of the wrong environment": [
    "file: older than it may be",
    "file: of another database",
    "dump: of the wrong database",
  ],
};
