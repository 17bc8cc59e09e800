-- Rows that are not what was dumped. See ../restored.ts for the format.

-- fault: row lost
-- names: \bmoves\b
SET session_replication_role = replica;
DELETE FROM moves WHERE id = 'move004711';

-- fault: last row lost
-- names: \bmoves\b
SET session_replication_role = replica;
DELETE FROM moves WHERE id = 'move008000';

-- fault: row added
-- names: \brating_history\b
SET session_replication_role = replica;
INSERT INTO rating_history ("userId", rating) VALUES ('user0001', 1);

-- fault: table emptied
-- names: \brefresh_tokens\b
SET session_replication_role = replica;
DELETE FROM refresh_tokens;

-- fault: table truncated
-- names: \bmoves\b
SET session_replication_role = replica;
TRUNCATE moves;

-- fault: half the rows lost
-- names: \bgames\b
SET session_replication_role = replica;
DELETE FROM games WHERE id > 'game01000';

-- fault: one lost, another doubled
-- names: \bscores\b
SET session_replication_role = replica;
DELETE FROM scores WHERE ctid = (SELECT min(ctid) FROM scores WHERE who = 'p1');
INSERT INTO scores SELECT who, points FROM scores WHERE who = 'p2' LIMIT 1;

-- fault: duplicate row lost
-- names: \bscores\b
SET session_replication_role = replica;
DELETE FROM scores WHERE ctid = (SELECT min(ctid) FROM scores WHERE who = 'even');

-- fault: duplicate row added
-- names: \bscores\b
SET session_replication_role = replica;
INSERT INTO scores VALUES ('even', 7);

-- fault: pair replaced by another pair
-- names: \bscores\b
SET session_replication_role = replica;
UPDATE scores SET points = 9 WHERE who = 'pair';

-- fault: values swapped between rows
-- names: \busers\b
SET session_replication_role = replica;
UPDATE users u SET bio = o.bio FROM users o WHERE (u.id, o.id) IN (('user0003', 'user0007'), ('user0007', 'user0003'));

-- fault: values swapped between columns
-- names: \bmoves\b
SET session_replication_role = replica;
UPDATE moves SET position = jsonb_build_object('x', position -> 'y', 'y', position -> 'x') WHERE id = 'move000010';

-- fault: keyword columns swapped
-- names: \b\bt\b
SET session_replication_role = replica;
UPDATE t SET "select" = "row", "row" = "select" WHERE "from" = 3;

-- fault: one byte changed
-- names: \busers\b
SET session_replication_role = replica;
UPDATE users SET bio = replace(bio, 'player 3.', 'player 2.') WHERE id = 'user0003';

-- fault: one byte changed in a megabyte
-- names: \breplays\b
SET session_replication_role = replica;
UPDATE replays SET body = overlay(body placing '!' from 200000 for 1) WHERE id = 2;

-- fault: NULL became empty text
-- names: \busers\b
SET session_replication_role = replica;
UPDATE users SET bio = '' WHERE id = 'user0004';

-- fault: empty text became NULL
-- names: \busers\b
SET session_replication_role = replica;
UPDATE users SET bio = NULL WHERE id = 'user0001';

-- fault: empty text became a space
-- names: \busers\b
SET session_replication_role = replica;
UPDATE users SET bio = ' ' WHERE id = 'user0001';

-- fault: password hash in upper case
-- names: \busers\b
SET session_replication_role = replica;
UPDATE users SET "passwordHash" = upper("passwordHash") WHERE id = 'user0009';

-- fault: mojibake
-- names: \busers\b
SET session_replication_role = replica;
UPDATE users SET bio = convert_from(convert_to(bio, 'UTF8'), 'LATIN1') WHERE id = 'user0003';

-- fault: other Unicode normal form
-- names: \busers\b
SET session_replication_role = replica;
UPDATE users SET bio = normalize(bio, NFD) WHERE id = 'user0003';

-- fault: line ends changed
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_text = replace(c_text, E'\r\n', E'\n') WHERE id = 1;

-- fault: timestamp a millisecond off
-- names: \bgames\b
SET session_replication_role = replica;
UPDATE games SET "createdAt" = "createdAt" + interval '1 ms' WHERE id = 'game00042';

-- fault: all timestamps an hour off
-- names: \brefresh_tokens\b
SET session_replication_role = replica;
UPDATE refresh_tokens SET "expiresAt" = "expiresAt" + interval '1 hour';

-- fault: numeric lost its scale
-- names: \bgames\b
SET session_replication_role = replica;
ALTER TABLE games DISABLE TRIGGER ALL;
UPDATE games SET "timeLeft" = round("timeLeft", 1) WHERE id = 'game00001';

-- fault: jsonb value changed
-- names: \bgames\b
SET session_replication_role = replica;
UPDATE games SET "gameState" = jsonb_set("gameState", '{phase}', '99') WHERE id = 'game01234';

-- fault: enum value changed
-- names: \bgames\b
SET session_replication_role = replica;
UPDATE games SET status = 'abandoned' WHERE id = 'game00002';

-- fault: row of the second schema changed
-- names: \bevents\b
SET session_replication_role = replica;
UPDATE audit.events SET what = 'Event 7' WHERE what = 'event 7';

-- fault: row under row security lost
-- names: \bsecrets\b
SET session_replication_role = replica;
DELETE FROM audit.secrets WHERE owner = 'nobody';

-- fault: hostile table's row lost
-- names: \bdrop table users\b
SET session_replication_role = replica;
DELETE FROM "T; drop table users; --" WHERE ü IS NULL;

-- fault: partition's row lost
-- names: \bresults_2025\b
SET session_replication_role = replica;
DELETE FROM results_2025 WHERE game = 'g30';

-- fault: default partition's row lost
-- names: \bresults_rest\b
SET session_replication_role = replica;
INSERT INTO results VALUES ('2030-01-01', 'new', 1);

-- fault: detached partition's row changed
-- names: \bresults_2020\b
SET session_replication_role = replica;
UPDATE results_2020 SET score = -1 WHERE game = 'old5';

-- fault: row in the wrong hash partition
-- names: \bclicks_[01]\b
SET session_replication_role = replica;
ALTER TABLE clicks DETACH PARTITION clicks_0;
ALTER TABLE clicks DETACH PARTITION clicks_1;
WITH gone AS (DELETE FROM clicks_0 WHERE n = (SELECT min(n) FROM clicks_0) RETURNING *) INSERT INTO clicks_1 SELECT * FROM gone;

-- fault: rows moved from child to parent
-- names: \b(?:cars|vehicles)\b
SET session_replication_role = replica;
WITH gone AS (DELETE FROM cars WHERE a = 3 RETURNING a, b, c) INSERT INTO vehicles SELECT * FROM gone;

-- fault: child's own column changed
-- names: \bcars\b
SET session_replication_role = replica;
UPDATE cars SET doors = 4 WHERE a = 3;

-- fault: inherited columns swapped
-- names: \bcars\b
SET session_replication_role = replica;
UPDATE cars SET a = doors, doors = a WHERE a = 4;

-- fault: column default instead of value
-- names: \bdropped_column\b
SET session_replication_role = replica;
UPDATE dropped_column SET b = 'kept' WHERE b IS NULL;

-- fault: unlogged table emptied
-- names: \blobby\b
SET session_replication_role = replica;
TRUNCATE lobby;

-- fault: row without columns lost
-- names: \bnothing\b
SET session_replication_role = replica;
DELETE FROM nothing WHERE ctid = (SELECT min(ctid) FROM nothing);

-- fault: stale materialized view
-- names: \bgame_counts\b
SET session_replication_role = replica;
CREATE TEMP TABLE kept AS SELECT * FROM games WHERE id > 'game01900';
DELETE FROM games WHERE id > 'game01900';
REFRESH MATERIALIZED VIEW game_counts;
INSERT INTO games SELECT * FROM kept;

-- fault: materialized view not filled
-- names: \bgame_counts\b
SET session_replication_role = replica;
REFRESH MATERIALIZED VIEW game_counts WITH NO DATA;

-- fault: migration row lost
-- names: \b_prisma_migrations\b
SET session_replication_role = replica;
DELETE FROM _prisma_migrations WHERE migration_name LIKE '%5';

-- fault: migration checksum changed
-- names: \b_prisma_migrations\b
SET session_replication_role = replica;
UPDATE _prisma_migrations SET checksum = 'edited' WHERE migration_name LIKE '%3';

-- fault: value -0 became 0 (double)
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_double = 0 WHERE id = 1;

-- fault: value -0 became 0 (real)
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_real = 0 WHERE id = 1;

-- fault: value -0 became 0 (point)
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_point = '(0,1)' WHERE id = 1;

-- fault: value 1.0 became 1.00
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_numeric = 1.00 WHERE id = 1;

-- fault: value NaN became NULL
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_numeric = NULL WHERE id = 2;

-- fault: value infinity became the largest number
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_double = 1.7976931348623157e308 WHERE id = 2;

-- fault: value smallest double became 0
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_double = 0 WHERE id = 3;

-- fault: value last digit of a real
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_real = 1.4e-44 WHERE id = 3;

-- fault: value cents lost
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_money = '12.00' WHERE id = 1;

-- fault: value char padding changed
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_char = 'ab.' WHERE id = 1;

-- fault: value trailing blanks lost
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_varchar = 'ab' WHERE id = 1;

-- fault: value citext case changed
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_citext = 'mixed' WHERE id = 1;

-- fault: value case under a non-deterministic collation
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_nocase = 'STRASSE' WHERE id = 1;

-- fault: value case alone under a non-deterministic collation
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_nocase = 'straße' WHERE id = 1;

-- fault: value byte of a bytea changed
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_bytea = '\x01ff10' WHERE id = 1;

-- fault: value bytea became its own text
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_bytea = convert_to('\x00ff10', 'UTF8') WHERE id = 1;

-- fault: value bit flipped
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_bit = B'10100' WHERE id = 1;

-- fault: value leading zero bits lost
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_varbit = B'10101' WHERE id = 3;

-- fault: value infinite date became a date
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_date = '9999-12-31' WHERE id = 1;

-- fault: value BC became AD
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_date = '0044-03-15' WHERE id = 3;

-- fault: value 24:00 became 00:00
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_time = '00:00' WHERE id = 1;

-- fault: value zone of a timetz changed
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_timetz = '22:59:59.999999+13:59' WHERE id = 1;

-- fault: value 24 hours became a day
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_interval = '1 day' WHERE id = 1;

-- fault: value json lost its blanks
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_json = '{"a":1,"b":2,"a":3}' WHERE id = 1;

-- fault: value json lost a duplicate key
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_json = '{"b" :2, "a":3}' WHERE id = 1;

-- fault: value jsonb 1.0 became 1.00
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_jsonb = '{"a": 1.00, "b": null}' WHERE id = 1;

-- fault: value jsonb null became absent
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_jsonb = '{"a": 1.0}' WHERE id = 1;

-- fault: value jsonb null became NULL
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_jsonb = NULL WHERE id = 2;

-- fault: value blank in xml lost
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_xml = '<a b="1"/>' WHERE id = 1;

-- fault: value digit of a uuid
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_uuid = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12' WHERE id = 1;

-- fault: value inet mask lost
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_inet = '10.1.2.3' WHERE id = 1;

-- fault: value weight of a lexeme lost
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_tsvector = 'cat:1 dog:2' WHERE id = 1;

-- fault: value hstore NULL became text
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_hstore = 'a=>1, b=>"NULL", c=>"NULL"' WHERE id = 1;

-- fault: value array bounds lost
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_ints = '{1,2,3}' WHERE id = 1;

-- fault: value array NULL became text
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_texts = '{"NULL","NULL","",\\}' WHERE id = 1;

-- fault: value array lost a dimension
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_ints = '{1,2,3,4}' WHERE id = 3;

-- fault: value range bound became exclusive
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_numrange = '[1.0,2.00]' WHERE id = 1;

-- fault: value empty range became NULL
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_tsrange = NULL WHERE id = 2;

-- fault: value multirange lost a part
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_multi = '{[1,3)}' WHERE id = 1;

-- fault: value composite's NULL became empty text
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_composite = '(1,2,"")' WHERE id = 1;

-- fault: value composite in an array changed
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_composites = '{"(1,2,y)"}' WHERE id = 1;

-- fault: value domain value changed
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_domain = 1501 WHERE id = 1;

-- fault: value regclass points elsewhere
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_regclass = 'games' WHERE id = 1;

-- fault: value xlog position changed
-- names: \bawkward\b
SET session_replication_role = replica;
UPDATE awkward SET c_lsn = '16/B374D849' WHERE id = 1;
