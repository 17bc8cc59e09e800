-- Views, functions, triggers, types, sequences, large objects and the rest. See ../restored.ts for the format.

-- fault: view lost
-- names: leaderboard
DROP VIEW leaderboard;

-- fault: view changed
-- names: recent
CREATE OR REPLACE VIEW audit.recent AS SELECT * FROM audit.events WHERE id > 199;

-- fault: security barrier of a view lost
-- names: leaderboard
ALTER VIEW leaderboard RESET (security_barrier);

-- fault: default of a view's column
-- names: leaderboard
ALTER VIEW leaderboard ALTER COLUMN rating SET DEFAULT 5;

-- fault: materialized view lost
-- names: game_counts
DROP MATERIALIZED VIEW game_counts;

-- fault: materialized view changed
-- names: game_counts
DROP MATERIALIZED VIEW game_counts;
CREATE MATERIALIZED VIEW game_counts AS SELECT status, count(id) AS games FROM games GROUP BY status;
ALTER MATERIALIZED VIEW game_counts OWNER TO ringrift;
CREATE UNIQUE INDEX game_counts_status_idx ON game_counts (status);

-- fault: rule lost
-- names: lobby_insert
DROP RULE lobby_insert ON open_lobby;

-- fault: rule changed
-- names: lobby_insert
CREATE OR REPLACE RULE lobby_insert AS ON INSERT TO open_lobby DO INSTEAD NOTHING;

-- fault: function lost
-- names: win_rate
DROP FUNCTION win_rate;

-- fault: function's body changed
-- names: win_rate
UPDATE pg_proc SET prosrc = replace(prosrc, ', 3)', ', 2)') WHERE proname = 'win_rate';

-- fault: overloaded function lost
-- names: whoami
DROP FUNCTION whoami(integer);

-- fault: function no longer immutable
-- names: win_rate
ALTER FUNCTION win_rate VOLATILE;

-- fault: function no longer strict
-- names: win_rate
ALTER FUNCTION win_rate CALLED ON NULL INPUT;

-- fault: SECURITY DEFINER lost
-- names: whoami
ALTER FUNCTION whoami() SECURITY INVOKER;

-- fault: search_path of a function lost
-- names: whoami
ALTER FUNCTION whoami() RESET search_path;

-- fault: default of a procedure's argument changed
-- names: tidy
CREATE OR REPLACE PROCEDURE tidy(days integer DEFAULT 3) LANGUAGE sql AS 'DELETE FROM lobby WHERE seen < now() - days * interval ''1 day''';

-- fault: procedure lost
-- names: tidy
DROP PROCEDURE tidy;

-- fault: aggregate lost
-- names: longest
DROP AGGREGATE longest(text);

-- fault: aggregate's initial value changed
-- names: longest
DROP AGGREGATE longest(text);
CREATE AGGREGATE longest(text) (SFUNC = textcat, STYPE = text, INITCOND = 'x');
ALTER AGGREGATE longest(text) OWNER TO ringrift;

-- fault: operator lost
-- names: ~~~~
DROP OPERATOR ~~~~ (integer, integer);

-- fault: cast lost
-- names: board_point
DROP CAST (board_point AS text);

-- fault: text search configuration lost
-- names: chat
DROP TEXT SEARCH CONFIGURATION chat;

-- fault: text search mapping changed
-- names: chat
ALTER TEXT SEARCH CONFIGURATION chat ALTER MAPPING FOR asciiword WITH english_stem;

-- fault: trigger lost
-- names: users_touch
DROP TRIGGER users_touch ON users;

-- fault: trigger disabled
-- names: users_touch
ALTER TABLE users DISABLE TRIGGER users_touch;

-- fault: trigger no longer always on
-- names: history_touch
ALTER TABLE rating_history ENABLE TRIGGER history_touch;

-- fault: trigger lost its condition
-- names: users_touch
DROP TRIGGER users_touch ON users;
CREATE TRIGGER users_touch BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
COMMENT ON TRIGGER users_touch ON users IS 'Fills the rating';

-- fault: constraint trigger no longer deferred
-- names: users_later
DROP TRIGGER users_later ON users;
CREATE CONSTRAINT TRIGGER users_later AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();

-- fault: event trigger lost
-- names: watch_ddl
DROP EVENT TRIGGER watch_ddl;

-- fault: event trigger disabled
-- names: watch_ddl
ALTER EVENT TRIGGER watch_ddl DISABLE;

-- fault: enum has another value
-- names: mood
ALTER TYPE mood ADD VALUE 'angry';

-- fault: enum value renamed
-- names: mood
ALTER TYPE mood RENAME VALUE 'calm' TO 'quiet';

-- fault: enum values in another order
-- names: BoardType
UPDATE pg_enum SET enumsortorder = 9 WHERE enumlabel = 'square8';

-- fault: domain's check lost
-- names: rating_value
ALTER DOMAIN rating_value DROP CONSTRAINT rating_value_sane;

-- fault: domain's default changed
-- names: rating_value
ALTER DOMAIN rating_value SET DEFAULT 1;

-- fault: domain NOT NULL
-- names: email_address
UPDATE pg_type SET typnotnull = true WHERE typname = 'email_address';

-- fault: composite type's attribute renamed
-- names: board_point
ALTER TYPE board_point RENAME ATTRIBUTE label TO caption;

-- fault: range type lost
-- names: rating_range
ALTER TABLE awkward DROP COLUMN c_rating;
DROP TYPE rating_range;

-- fault: collation became deterministic
-- names: nocase
UPDATE pg_collation SET collisdeterministic = true WHERE collname = 'nocase';

-- fault: collation of another locale
-- names: nocase
UPDATE pg_collation SET colliculocale = 'de' WHERE collname = 'nocase';

-- fault: collation of another version
-- warns: nocase
UPDATE pg_collation SET collversion = '1.2' WHERE collname = 'nocase';

-- fault: statistics object lost
-- names: game_kinds
DROP STATISTICS game_kinds;

-- fault: statistics object of other kinds
-- names: game_kinds
DROP STATISTICS game_kinds;
CREATE STATISTICS game_kinds (mcv) ON "boardType", status FROM games;

-- fault: target of a statistics object lost
-- names: game_kinds
ALTER STATISTICS game_kinds SET STATISTICS -1;

-- fault: publication lost
-- names: all_moves
DROP PUBLICATION all_moves;

-- fault: publication lost a table
-- names: all_moves
ALTER PUBLICATION all_moves DROP TABLE users;

-- fault: publication lost its row filter
-- names: all_moves
ALTER PUBLICATION all_moves SET TABLE moves, users (id, username);

-- fault: publication publishes more columns
-- names: all_moves
ALTER PUBLICATION all_moves SET TABLE moves WHERE ("moveNumber" > 0), users;

-- fault: publication publishes deletes
-- names: all_moves
ALTER PUBLICATION all_moves SET (publish = 'insert, delete');

-- fault: publication lost its schema
-- names: audited
ALTER PUBLICATION audited DROP TABLES IN SCHEMA audit;

-- fault: extra subscription
-- names: stray
CREATE SUBSCRIPTION stray CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false, slot_name = NONE);

-- fault: extension lost
-- names: pg_trgm
DROP EXTENSION pg_trgm CASCADE;

-- fault: extension of another version
-- names: hstore
UPDATE pg_extension SET extversion = '1.7' WHERE extname = 'hstore';

-- fault: older version of an extension
-- names: pg_trgm
DROP EXTENSION pg_trgm CASCADE;
CREATE EXTENSION pg_trgm VERSION '1.5';
CREATE INDEX users_bio_trgm_idx ON users USING gin (bio gin_trgm_ops);

-- fault: extension in another schema
-- names: citext|hstore
ALTER EXTENSION hstore SET SCHEMA audit;

-- fault: extra extension
-- names: intarray
CREATE EXTENSION intarray;

-- fault: foreign server's options changed
-- names: elsewhere
ALTER SERVER elsewhere OPTIONS (SET dbname 'gone');

-- fault: foreign server lost
-- names: elsewhere|far_games
DROP SERVER elsewhere CASCADE;

-- fault: user mapping lost
-- names: elsewhere
DROP USER MAPPING FOR ringrift_reader SERVER elsewhere;

-- fault: foreign table lost
-- names: far_games
DROP FOREIGN TABLE far_games;

-- fault: foreign table's options changed
-- names: far_games
ALTER FOREIGN TABLE far_games OPTIONS (SET table_name 'moves');

-- fault: foreign column's options lost
-- names: far_games
ALTER FOREIGN TABLE far_games ALTER COLUMN id OPTIONS (DROP column_name);

-- fault: sequence set back
-- names: refresh_tokens_id_seq
SELECT setval('refresh_tokens_id_seq', 1);

-- fault: sequence set back by one
-- names: refresh_tokens_id_seq
SELECT setval('refresh_tokens_id_seq', 99);

-- fault: sequence not called
-- names: refresh_tokens_id_seq
SELECT setval('refresh_tokens_id_seq', 100, false);

-- fault: sequence ahead
-- names: refresh_tokens_id_seq
SELECT setval('refresh_tokens_id_seq', 5000);

-- fault: sequence of an identity set back
-- names: rating_history_id_seq
SELECT setval('rating_history_id_seq', 1, false);

-- fault: big sequence truncated
-- names: counter
SELECT setval('audit.counter', 2147483647);

-- fault: untouched sequence called
-- names: untouched
SELECT nextval('untouched');

-- fault: sequence lost
-- names: untouched
DROP SEQUENCE untouched;

-- fault: extra sequence
-- names: stray_seq
CREATE SEQUENCE stray_seq;

-- fault: increment of a sequence changed
-- names: tickets
ALTER SEQUENCE tickets INCREMENT -1;

-- fault: bound of a sequence changed
-- names: tickets
ALTER SEQUENCE tickets MINVALUE -2000;

-- fault: cycle of a sequence lost
-- names: tickets
ALTER SEQUENCE tickets NO CYCLE;

-- fault: cache of a sequence changed
-- names: tickets
ALTER SEQUENCE tickets CACHE 1;

-- fault: start of a sequence changed
-- names: counter
ALTER SEQUENCE audit.counter START 1;

-- fault: type of a sequence changed
-- names: tickets
ALTER SEQUENCE tickets AS bigint;

-- fault: sequence no longer owned by its column
-- names: refresh_tokens_id_seq
ALTER SEQUENCE refresh_tokens_id_seq OWNED BY NONE;

-- fault: large object: a byte changed
-- names: 5001
SELECT lo_put(5001, 2, 'X');

-- fault: large object: emptied
-- names: 5002
SELECT lo_unlink(5002);
SELECT lo_create(5002);
ALTER LARGE OBJECT 5002 OWNER TO ringrift;

-- fault: large object: cut short
-- names: 5002
SELECT lo_truncate(lo_open(5002, 131072), 100);

-- fault: large object: lost
-- names: 5002
SELECT lo_unlink(5002);

-- fault: large object: extra
-- names: 7777
SELECT lo_create(7777);

-- fault: large object: the hole holds bytes
-- names: 5003
SELECT lo_put(5003, 5000, 'no hole');

-- fault: large object: comment lost
-- names: 5001
COMMENT ON LARGE OBJECT 5001 IS NULL;

-- fault: large object: grant lost
-- names: 5001
REVOKE ALL ON LARGE OBJECT 5001 FROM ringrift_reader;

-- fault: large object: other owner
-- names: 5002
ALTER LARGE OBJECT 5002 OWNER TO ringrift_app;
