/** Databases of all kinds that back up and restore well. */
import type { HealthyDrill } from "../types.ts";

const HOSTILE = `
CREATE SCHEMA "s'2\n";
CREATE TABLE "s'2\n"."x""; drop database y; --" ("a""b" text, "-c" int, "\x1b[31m" text);
INSERT INTO "s'2\n"."x""; drop database y; --" VALUES ('one', 1, NULL), (E'-- PostgreSQL database dump complete\\n\\\\.', 2, '');
CREATE TABLE "-rf" ("select" int PRIMARY KEY); INSERT INTO "-rf" VALUES (1);
CREATE TYPE "t;y'pe" AS ENUM ('a''b', 'c"d', E'e\\nf'); CREATE TABLE "ta\tb" (v "t;y'pe"); INSERT INTO "ta\tb" VALUES (E'e\\nf');
CREATE FUNCTION "f(x)"("p;q" int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE VIEW "v'w" AS SELECT * FROM "-rf";
CREATE INDEX "i;""d" ON "ta\tb" (v); COMMENT ON TABLE "-rf" IS E'; \\\\. $$ \\n\\\\connect x';
CREATE SEQUENCE "se'q"; SELECT nextval('"se''q"');`;

const MANY = `DO $$ BEGIN FOR n IN 1..500 LOOP
  EXECUTE format('CREATE TABLE many_%s (id serial PRIMARY KEY, v text)', n);
  EXECUTE format('INSERT INTO many_%s (v) SELECT md5(n::text) FROM generate_series(1, %s) n', n, n % 7);
END LOOP; END $$;`;

const PARTITIONS = `CREATE TABLE p (at date NOT NULL, k int, v text) PARTITION BY RANGE (at);
DO $$ BEGIN FOR n IN 0..119 LOOP
  EXECUTE format('CREATE TABLE p_%s PARTITION OF p FOR VALUES FROM (%L) TO (%L) %s', n, date '2020-01-01' + n * 10, date '2020-01-01' + n * 10 + 10,
    CASE WHEN n % 10 = 0 THEN 'PARTITION BY HASH (k)' ELSE '' END);
  IF n % 10 = 0 THEN EXECUTE format('CREATE TABLE p_%s_a PARTITION OF p_%s FOR VALUES WITH (MODULUS 1, REMAINDER 0)', n, n); END IF;
END LOOP; END $$;
CREATE TABLE p_rest PARTITION OF p DEFAULT; CREATE INDEX ON p (k);
INSERT INTO p SELECT date '2019-12-01' + n % 1400, n, md5(n::text) FROM generate_series(1, 5000) n;
CREATE TABLE zoned (at timestamptz) PARTITION BY RANGE (at);
CREATE TABLE zoned_1 PARTITION OF zoned FOR VALUES FROM ('2025-03-30 01:00+01') TO ('2025-10-26 03:00+02');
INSERT INTO zoned VALUES ('2025-06-01Z');`;

const BIG = `CREATE TABLE big (id int, body text, raw bytea, doc jsonb);
INSERT INTO big SELECT n, repeat(md5(n::text), 1000000), decode(repeat(md5(n::text), 300000), 'hex'), jsonb_build_object('a', repeat('é', 1000000)) FROM generate_series(1, 2) n;`;

/** Shapes that have made honest restores look wrong. */
const NOISE = `CREATE TABLE noisy (a varchar(10), b text, CHECK (a IN ('x', 'y')), CHECK (b = ANY (ARRAY['p', 'q'])));
INSERT INTO noisy VALUES ('x', 'p'), (NULL, NULL);
CREATE VIEW noisy_view AS SELECT * FROM noisy WHERE a IN ('x', 'z') AND (b LIKE 'p%' OR b IS NULL);
CREATE VIEW joined AS SELECT x.*, y.b AS c FROM noisy x LEFT JOIN noisy y USING (a) ORDER BY 1 DESC NULLS LAST;
CREATE INDEX noisy_idx ON noisy ((lower(a) || b)) WHERE a NOT IN ('y');
CREATE TYPE mood AS ENUM ('b'); ALTER TYPE mood ADD VALUE 'a' BEFORE 'b'; ALTER TYPE mood ADD VALUE 'aa' BEFORE 'b';
CREATE TABLE base (a int, b int); CREATE TABLE derived (c int) INHERITS (base); ALTER TABLE base ADD COLUMN d int DEFAULT 4;
ALTER TABLE base DROP COLUMN a; INSERT INTO derived VALUES (1, 2, 3);
CREATE FUNCTION atomic(int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT $1 + 1; END;
CREATE TABLE gen (a int, b int GENERATED ALWAYS AS (atomic(1)) STORED); DROP TABLE gen;
CREATE DOMAIN d1 AS varchar(5) CHECK (VALUE IN ('m', 'n')); CREATE TABLE uses_d1 (v d1 DEFAULT 'm'); INSERT INTO uses_d1 DEFAULT VALUES;
CREATE PROCEDURE pr(INOUT a int) LANGUAGE plpgsql AS 'BEGIN a := 1; END';
CREATE POLICY pol ON noisy USING (a IN ('x', 'y')); CREATE RULE ru AS ON DELETE TO noisy WHERE OLD.a IN ('x', 'y') DO INSTEAD NOTHING;
ALTER TABLE noisy ADD CONSTRAINT late CHECK (a <> 'q') NOT VALID;
GRANT SELECT ON noisy TO ringrift_app; REVOKE SELECT ON noisy FROM ringrift_app; GRANT ALL ON base TO PUBLIC;
CREATE SEQUENCE s START 5; SELECT setval('s', 5, false); CREATE TEMP TABLE gone (a int);`;

const SETTINGS = `ALTER DATABASE {db} SET default_transaction_read_only = on; ALTER DATABASE {db} SET TimeZone = 'Asia/Kolkata';
ALTER DATABASE {db} SET DateStyle = 'SQL, DMY'; ALTER DATABASE {db} SET extra_float_digits = -15; ALTER DATABASE {db} SET bytea_output = 'escape';
ALTER DATABASE {db} SET IntervalStyle = 'sql_standard'; ALTER DATABASE {db} SET search_path = ''; ALTER DATABASE {db} SET lc_monetary = 'C';
ALTER DATABASE {db} SET standard_conforming_strings = off; ALTER DATABASE {db} SET row_security = off; ALTER DATABASE {db} SET quote_all_identifiers = on;`;

const VALUES = `CREATE TABLE v (f float8, t timestamptz, i interval, b bytea, m money);
INSERT INTO v VALUES (0.1::float8 + 0.2, '2025-03-30 01:30Z', '1 year 2 days 03:04:05.678', '\\x5c00', 12.5), ('-0', 'infinity', '-1 mon', '', -1);`;

const LARGE_OBJECTS = `SELECT lo_from_bytea(n + 100, decode(repeat(md5(n::text), n), 'hex')) FROM generate_series(0, 200) n;
SELECT lo_create(9000); SELECT lo_put(9000, 60000000, 'far away'); SELECT lo_create(9001);`;

/** One byte beyond what a value may have. A dump reads all that is not there as zeros. */
const VAST_OBJECT =
  "GRANT ALL ON SCHEMA public TO ringrift_app; SET SESSION AUTHORIZATION ringrift_app; SELECT lo_create(7000); SELECT lo_put(7000, 1100000000, 'x'); SELECT lo_from_bytea(7001, 'small')";

export const WORLDS: readonly HealthyDrill[] = [
  { name: "everything, plain" },
  { name: "everything, custom", format: "custom" },
  { name: "everything, directory", format: "directory" },
  { name: "empty database", world: "SELECT 1" },
  { name: "empty database, directory", format: "directory", world: "SELECT 1" },
  { name: "one empty table, custom", format: "custom", world: "CREATE TABLE a (b int)" },
  { name: "hostile names", world: HOSTILE },
  { name: "hostile names, directory", format: "directory", world: HOSTILE },
  { name: "500 tables, directory", format: "directory", world: MANY },
  { name: "partitions", world: PARTITIONS },
  { name: "partitions, custom", format: "custom", world: PARTITIONS },
  { name: "big values", world: BIG },
  { name: "big values, directory", format: "directory", world: BIG },
  { name: "shapes that look different after a restore", world: NOISE },
  { name: "shapes that look different, custom", format: "custom", world: NOISE },
  { name: "large objects, sparse and empty", world: LARGE_OBJECTS },
  { name: "large objects, custom", format: "custom", world: LARGE_OBJECTS },
  {
    name: "a large object of 1.1 GB, nearly empty, of one who is no superuser",
    format: "custom",
    world: VAST_OBJECT,
    // The runbook's way would take gigabytes of text, and shows nothing more.
    load: [],
    async prepare(rig) {
      await rig.onServer(`ALTER DATABASE "${rig.primary}" OWNER TO ringrift_app`);
      rig.loginAs("ringrift_app");
    },
  },
  {
    name: "Latin-1",
    database: "ENCODING 'LATIN1' LOCALE 'C'",
    world:
      "CREATE TABLE ä (ö text); INSERT INTO ä VALUES ('Ünïcode'), ('ÿ'); CREATE INDEX ON ä (ö); COMMENT ON TABLE ä IS 'ß'",
  },
  {
    name: "SQL_ASCII",
    database: "ENCODING 'SQL_ASCII' LOCALE 'C'",
    world: String.raw`CREATE TABLE a (b text); INSERT INTO a VALUES (E'\xff\xfe'), ('plain')`,
  },
  {
    name: "ICU locale, custom",
    format: "custom",
    database: "LOCALE_PROVIDER icu ICU_LOCALE 'de-u-co-phonebk'",
    world:
      "CREATE TABLE a (b text PRIMARY KEY); INSERT INTO a SELECT chr(65 + n) || 'ä' FROM generate_series(0, 20) n",
  },
  {
    name: "other collation",
    database: "LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'",
    world: "CREATE TABLE a (b text UNIQUE); INSERT INTO a VALUES ('é'), ('E'), ('e')",
  },
  {
    name: "settings that change how values look",
    world: VALUES,
    async prepare(rig) {
      await rig.onServer(SETTINGS.replaceAll("{db}", `"${rig.primary}"`));
    },
  },
  {
    name: "nobody but the owner, who is no superuser",
    world:
      "GRANT ALL ON SCHEMA public TO ringrift_app; SET SESSION AUTHORIZATION ringrift_app; CREATE TABLE a (b serial PRIMARY KEY, c text); INSERT INTO a (c) VALUES ('x'), ('y'); CREATE VIEW v AS SELECT * FROM a; SELECT lo_create(4711)",
    async prepare(rig) {
      await rig.onServer(`ALTER DATABASE "${rig.primary}" OWNER TO ringrift_app`);
      rig.loginAs("ringrift_app");
    },
  },
  {
    name: "only identifiers quoted otherwise",
    prepare(rig) {
      rig.wrap("pg_dump", 'exec "$REAL" "${rest[@]}" --file="$FILE" --disable-dollar-quoting');
    },
  },
  {
    name: "a disabled trigger and an unlogged table on the primary too",
    world:
      "CREATE TABLE a (b int PRIMARY KEY); CREATE TABLE c (d int REFERENCES a); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE a DISABLE TRIGGER t; CREATE UNLOGGED TABLE u (v int); INSERT INTO u VALUES (1); CREATE MATERIALIZED VIEW m AS SELECT 1 WITH NO DATA",
  },
];
