-- Every awkward type, with values at the edges.
CREATE EXTENSION citext;
CREATE EXTENSION hstore;
CREATE EXTENSION pg_trgm;
CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE DOMAIN rating_value AS integer DEFAULT 1200 CONSTRAINT rating_value_sane CHECK (VALUE BETWEEN 0 AND 4000);
CREATE DOMAIN email_address AS citext CONSTRAINT email_has_at CHECK (VALUE ~ '@');
CREATE TYPE board_point AS (x smallint, y smallint, label text);
CREATE TYPE mood AS ENUM ('calm', 'tense', 'it''s "odd"');
CREATE TYPE rating_range AS RANGE (subtype = integer, multirange_type_name = rating_multirange);

CREATE TABLE awkward (
  id integer CONSTRAINT awkward_pkey PRIMARY KEY,
  c_real real, c_double double precision, c_numeric numeric, c_money money,
  c_char char(8), c_varchar varchar(20), c_text text, c_name name, c_citext citext, c_nocase text COLLATE nocase,
  c_bytea bytea, c_bit bit(5), c_varbit bit varying,
  c_date date, c_time time, c_timetz timetz, c_timestamp timestamp, c_timestamptz timestamptz, c_interval interval,
  c_json json, c_jsonb jsonb, c_xml xml, c_uuid uuid, c_inet inet, c_cidr cidr, c_mac macaddr, c_mac8 macaddr8,
  c_point point, c_box box, c_path path, c_polygon polygon, c_circle circle, c_lseg lseg, c_line line,
  c_tsvector tsvector, c_tsquery tsquery, c_hstore hstore,
  c_ints integer[], c_texts text[], c_numrange numrange, c_tsrange tsrange, c_multi int4multirange, c_rating rating_range,
  c_enum mood, c_domain rating_value, c_email email_address, c_composite board_point, c_composites board_point[],
  c_regclass regclass, c_regproc regprocedure, c_jsonpath jsonpath, c_lsn pg_lsn,
  c_upper text GENERATED ALWAYS AS (upper(c_text)) STORED
);
INSERT INTO awkward VALUES
(1, '-0', '-0', '1.0', '12.34', 'ab', 'ab  ', E'line\r\nfeed', 'nm', 'MiXed', 'Straße', '\x00ff10', B'10101', B'1',
 'infinity', '24:00:00', '23:59:59.999999+14:59', '4713-01-01 00:00:00 BC', '294276-12-31 23:59:59.999999Z', '24 hours',
 '{"a":1,  "b" :2, "a":3}', '{"a": 1.0, "b": null}', '<a  b="1"/>', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '10.1.2.3/8', '10.0.0.0/8', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05',
 '(-0,1)', '(1,1),(0,0)', '[(0,0),(1,1)]', '((0,0),(1,0),(1,1))', '<(0,0),1>', '[(0,0),(1,1)]', '{1,2,3}',
 'cat:1A dog:2', 'cat & !dog', 'a=>1, b=>NULL, c=>"NULL"',
 '[0:2]={1,2,3}', '{NULL,"NULL","",\\\\}', '[1.0,2.00)', '(,infinity)', '{[1,3),[5,7)}', '[1,10)',
 'tense', 1500, 'A@b.org', '(1,2,"a, ""q""")', '{"(1,2,x)"}', 'users', 'lower(text)', '$.a[*] ? (@ > 1)', '16/B374D848'),
(2, 'NaN', 'Infinity', 'NaN', '-0.01', '', '', '', '', '', '', '', B'00000', B'',
 '-infinity', '00:00', '00:00-15:59', '-infinity', 'infinity', '1 mon -1 days +00:00:01',
 'null', 'null', '', '00000000-0000-0000-0000-000000000000', '::1', '::/0', '00:00:00:00:00:00', '00:00:00:00:00:00:00:00',
 '(Infinity,NaN)', '(0,0),(0,0)', '((0,0))', '((0,0))', '<(1,1),0>', '[(0,0),(0,0)]', '{0,1,0}',
 '', '', '', '{}', '{}', 'empty', 'empty', '{}', 'empty', 'it''s "odd"', 0, '@', '(,,)', '{}', '-', '-', '$', '0/0'),
(3, 1e-45, 4.9e-324, '1e-200', '92233720368547758.07', 'x y', 'x', E'\u00e9 e\u0301 \u200b', 'n', 'ß', 'É', decode(repeat('ab', 3000), 'hex'), B'11111', B'010101',
 '0044-03-15 BC', '12:00', '12:00+00', '2025-03-30 02:30', '2025-10-26 00:30Z', '-178000000 years',
 '[1e2, 1.00]', '[100, 1.00]', '<!-- c --><r/>', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '::ffff:1.2.3.4', '1.2.3.4/32', 'ff:ff:ff:ff:ff:ff', 'ff:ff:ff:ff:ff:ff:ff:ff',
 '(1e300,-1e-300)', '(2,2),(-2,-2)', '((0,0),(1,2))', '((0,0),(3,1))', '<(1e10,1),2>', '[(1,2),(3,4)]', '{-1,0,5}',
 '''a b'':1,2B ''c''', '''a b'':* <-> c', '" "=>"", x=>"\"y\""',
 '{{1,2},{3,4}}', '{"a,b","{c}"," d "}', '[1.10,1.10]', '["2025-01-01","2025-01-02")', '{(,0),[9,)}', '(,)', 'calm', 4000, 'x@Y', '(-32768,32767,)', '{"(1,2,)",NULL}', 'games', 'upper(text)', '$."a b"', 'FFFFFFFF/FFFFFFFF'),
(4, NULL, NULL, 'Infinity', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
 NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);

-- Columns named like keywords, like our own aliases, and like the table itself.
CREATE TABLE t (t text, "select" text, "row" text, "from" integer, rows bigint, "x"";--" text, tableoid_ text);
INSERT INTO t SELECT 't' || n, 's' || n, 'r' || n, n, n, 'q' || n, NULL FROM generate_series(1, 20) n;
CREATE TABLE "T; drop table users; --" ("a'b" text, "ü" text);
INSERT INTO "T; drop table users; --" VALUES ('1', 'ä'), (E'2\nlines', NULL);
-- No key, with duplicate rows; and no columns at all.
CREATE TABLE scores (who text, points integer);
INSERT INTO scores SELECT 'p' || n % 5, n % 3 FROM generate_series(1, 60) n;
INSERT INTO scores SELECT 'even', 7 FROM generate_series(1, 4);
INSERT INTO scores SELECT 'pair', 8 FROM generate_series(1, 2);
CREATE TABLE nothing ();
INSERT INTO nothing SELECT FROM generate_series(1, 3);
CREATE TABLE replays (id integer PRIMARY KEY, body text, extra bytea);
ALTER TABLE replays ALTER COLUMN body SET STORAGE EXTERNAL, ALTER COLUMN extra SET COMPRESSION pglz;
INSERT INTO replays SELECT n, repeat(md5(n::text), 8000), decode(repeat(md5(n::text), 2000), 'hex') FROM generate_series(1, 3) n;
CREATE UNLOGGED TABLE lobby (id integer PRIMARY KEY, seen timestamptz);
INSERT INTO lobby SELECT n, '2025-05-05Z' FROM generate_series(1, 10) n;
SELECT lo_from_bytea(5001, 'first blob');
SELECT lo_from_bytea(5002, decode(repeat('00ff', 10000), 'hex'));
SELECT lo_create(5003);
SELECT lo_put(5003, 1048576, 'after a hole');
COMMENT ON LARGE OBJECT 5001 IS 'replay of the final';
GRANT SELECT ON LARGE OBJECT 5001 TO ringrift_reader;
