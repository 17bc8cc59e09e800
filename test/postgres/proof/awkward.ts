/** A database with every awkward value and table that a fingerprint has to bear. */

/** Column definitions with two values each: the edge, and one that must not look the same. */
export const TYPES: readonly (readonly [type: string, edge: string, other: string])[] = [
  ["smallint", "-32768", "32767"],
  ["integer", "-2147483648", "0"],
  ["bigint", "9223372036854775807", "-9223372036854775808"],
  ["numeric", "'1.0'", "'1.00'"],
  ["numeric", "'NaN'", "NULL"],
  ["numeric", "'Infinity'", "'-Infinity'"],
  ["numeric", "1e130000", "1e130000 + 1"],
  ["real", "'-0'", "'0'"],
  ["double precision", "'-0'", "'0'"],
  ["double precision", "'NaN'", "'Infinity'"],
  ["double precision", "0.1", "'0.10000000000000002'"],
  ["double precision", "'5e-324'", "'0'"],
  ["money", "'-92233720368547758.08'", "'0.01'"],
  ["text", "''", "NULL"],
  ["text", "' '", "''"],
  ["text", "E'a\\tb\\nc\\\\.\\n\\\\N'", "E'a\\tb\\nc\\\\.\\n\\\\M'"],
  ["text", "'é'", "U&'e\\0301'"],
  ["text", "repeat('x', 300000)", "repeat('x', 299999) || 'y'"],
  ["varchar(5)", "'a  '", "'a '"],
  ["char(5)", "'a'", "'b'"],
  ['"char"', "'a'", "''"],
  ["name", "'n'", "'m'"],
  ["bytea", "'\\x00'", "'\\x0000'"],
  ["bytea", "'\\x'", "NULL"],
  ["bit(3)", "B'101'", "B'100'"],
  ["bit varying", "B'1'", "B'10'"],
  ["boolean", "false", "NULL"],
  ["date", "'4713-01-01 BC'", "'4713-01-01 AD'"],
  ["date", "'infinity'", "'-infinity'"],
  ["time", "'24:00:00'", "'00:00:00'"],
  ["timetz", "'12:00+02'", "'10:00+00'"],
  ["timestamp", "'0044-03-15 12:00:00.000001 BC'", "'0044-03-15 12:00:00.000002 BC'"],
  ["timestamptz", "'2026-10-25 02:30:00+02'", "'2026-10-25 02:30:00+01'"],
  ["timestamptz", "'infinity'", "'-infinity'"],
  ["interval", "'1 day'", "'24 hours'"],
  ["interval", "'-1 year 1 mon -1 day 1 us'", "'-1 year 1 mon -1 day'"],
  ["json", `'{"a":1, "a":2}'`, `'{"a":1,"a":2}'`],
  ["jsonb", `'{"a":1.0}'`, `'{"a":1.00}'`],
  ["jsonb", `'null'`, "NULL"],
  ["jsonpath", "'$.a[*] ? (@ > 1)'", "'$.a[*] ? (@ > 2)'"],
  ["xml", "'<a b=\"1\"/>'", "'<a b=\"2\"/>'"],
  ["uuid", "'00000000-0000-0000-0000-000000000000'", "'00000000-0000-0000-0000-000000000001'"],
  ["inet", "'10.0.0.1/8'", "'10.0.0.1'"],
  ["cidr", "'::/0'", "'::/1'"],
  ["macaddr", "'08:00:2b:01:02:03'", "'08:00:2b:01:02:04'"],
  ["macaddr8", "'08:00:2b:01:02:03:04:05'", "'08:00:2b:01:02:03:04:06'"],
  ["point", "'(-0,0)'", "'(0,0)'"],
  ["line", "'{1,2,3}'", "'{1,2,4}'"],
  ["lseg", "'[(0,0),(1,1)]'", "'[(1,1),(0,0)]'"],
  ["box", "'(1,1),(0,0)'", "'(1,2),(0,0)'"],
  ["path", "'[(0,0),(1,1)]'", "'((0,0),(1,1))'"],
  ["polygon", "'((0,0),(1,1))'", "'((1,1),(0,0))'"],
  ["circle", "'<(0,0),1>'", "'<(0,0),2>'"],
  ["tsvector", "'a:1A b'", "'a:1 b'"],
  ["tsquery", "'a & !b'", "'a & b'"],
  ["int[]", "'[0:1]={1,2}'", "'{1,2}'"],
  ["text[]", "'{NULL}'", `'{"NULL"}'`],
  ["text[]", "'{}'", "NULL"],
  ["text[]", `'{"a,b"}'`, "'{a,b}'"],
  ["int[][]", "'{{1,2}}'", "'{{1},{2}}'"],
  ["int4range", "'empty'", "'[1,2)'"],
  ["numrange", "'[1,2]'", "'[1,2)'"],
  ["tstzrange", "'[2026-01-01,)'", "'[2026-01-01,infinity)'"],
  ["int8multirange", "'{[1,2),[5,6)}'", "'{[1,2)}'"],
  ["pg_lsn", "'16/B374D848'", "'16/B374D849'"],
  ["regclass", "'awk.\"T\"'", "'pg_class'"],
  ["regtype", "'awk.mood'", "'text'"],
  ["oid", "4294967295", "0"],
  ["awk.mood", "'so so'", "'ok'"],
  ["awk.mood[]", "'{ok}'", "'{ok,ok}'"],
  ["awk.pair", "'(1,)'", `'(1,"")'`],
  ["awk.positive", "1", "2"],
  ["citext", "'Case'", "'case'"],
  ["text COLLATE awk.blind", "'Case'", "'case'"],
  ["hstore", `'"a"=>NULL'`, `'"a"=>""'`],
];

export const AWKWARD = `
  CREATE SCHEMA awk;
  CREATE EXTENSION citext; CREATE EXTENSION hstore;
  CREATE TYPE awk.mood AS ENUM ('so so', 'ok');
  CREATE TYPE awk.pair AS (a int, b text);
  CREATE DOMAIN awk.positive AS int CHECK (VALUE > 0);
  CREATE COLLATION awk.blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
  CREATE TABLE awk."T" (t text, rows int, count int, r int, a int, b int, x text, ctid_ int,
    "select" int, "all" int, "q""uote" int, "new
line" text);
  INSERT INTO awk."T" (t, rows, x) VALUES ('t', 1, 'x'), (NULL, 2, ''), ('t', 1, 'x');
  CREATE TABLE awk.types (id int PRIMARY KEY, ${TYPES.map(([type], at) => `c${at} ${type}`).join(", ")});
  INSERT INTO awk.types VALUES (1, ${TYPES.map(([, edge]) => edge).join(", ")});
  INSERT INTO awk.types VALUES (2, ${TYPES.map(([, , other]) => other).join(", ")});
  CREATE TABLE awk.nothing ();
  INSERT INTO awk.nothing DEFAULT VALUES; INSERT INTO awk.nothing DEFAULT VALUES;
  CREATE TABLE awk.texts (a text NOT NULL, b text, c varchar(9), d citext NOT NULL, e char(9) NOT NULL, f text);
  INSERT INTO awk.texts VALUES ('ab', 'c', NULL, 'De', 'e', NULL);
  CREATE TABLE awk.twice (a int, b text);
  INSERT INTO awk.twice VALUES (1, 'a'), (1, 'a'), (1, 'a'), (2, NULL);
  CREATE TABLE awk.other (a int, b text);
  INSERT INTO awk.other VALUES (1, 'b'), (7, 'c');
  CREATE TABLE awk.dropped (a int, gone text, b text);
  ALTER TABLE awk.dropped DROP COLUMN gone;
  INSERT INTO awk.dropped VALUES (1, 'b');
  CREATE TABLE awk.made (a int, b int GENERATED ALWAYS AS (a * 2) STORED);
  INSERT INTO awk.made VALUES (4);
  CREATE TABLE awk.parent (a int, b text);
  CREATE TABLE awk.child (c int, b text, a int);
  ALTER TABLE awk.child INHERIT awk.parent;
  INSERT INTO awk.parent VALUES (1, 'p'); INSERT INTO awk.child VALUES (9, 'c', 2);
  CREATE TABLE awk.parted (a int, b text) PARTITION BY LIST (a);
  CREATE TABLE awk.parted_one PARTITION OF awk.parted FOR VALUES IN (1);
  CREATE TABLE awk.parted_rest PARTITION OF awk.parted DEFAULT;
  CREATE TABLE awk.parted_was (b text, a int);
  INSERT INTO awk.parted VALUES (1, 'one'), (2, 'two'); INSERT INTO awk.parted_was VALUES ('was', 3);
  CREATE UNLOGGED TABLE awk.unlogged (a int);
  INSERT INTO awk.unlogged VALUES (1), (2);
  CREATE TABLE awk.guarded (a int);
  INSERT INTO awk.guarded VALUES (1);
  ALTER TABLE awk.guarded ENABLE ROW LEVEL SECURITY;
  CREATE TABLE awk.many (id bigint PRIMARY KEY, v text, f float8);
  INSERT INTO awk.many SELECT g, 'value ' || g, g FROM generate_series(1, 5000) g;
  CREATE MATERIALIZED VIEW awk.seen AS SELECT a, b FROM awk.twice;
  CREATE MATERIALIZED VIEW awk.unseen AS SELECT a FROM awk.twice WITH NO DATA;
  SELECT lo_from_bytea(4001, 'one'), lo_from_bytea(4002, ''), lo_from_bytea(4003, repeat('z', 5000)::bytea),
    lo_put(lo_create(4004), 20000, 'after a hole'), lo_put(lo_from_bytea(4005, 'zeros'), 100, '\\x0000');
`;

/** 1,600 columns, the most there can be. */
export const WIDEST = `CREATE TABLE awk.widest (${Array.from({ length: 1600 }, (_, at) => `c${at} bool`).join(", ")});
  INSERT INTO awk.widest (c0, c1599) VALUES (true, false);`;
