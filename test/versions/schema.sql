-- What every major from 13 on knows; each object kind once.
CREATE SCHEMA game;
CREATE TYPE state AS ENUM ('open', 'over');
CREATE DOMAIN score AS int CHECK (VALUE >= 0);
CREATE TYPE pair AS (a int, b text);
CREATE TABLE games (
  id bigserial PRIMARY KEY,
  name text NOT NULL DEFAULT 'x',
  state state DEFAULT 'open',
  points score,
  at timestamptz DEFAULT '2026-01-01 00:00:00+00',
  data jsonb,
  numbers numeric[],
  span int4range,
  "both" pair,
  ratio float8,
  code char(5),
  half int GENERATED ALWAYS AS (length(name) / 2) STORED
);
INSERT INTO games (name, points, data, numbers, span, "both", ratio, code)
  SELECT 'game ' || g, g, jsonb_build_object('g', g), ARRAY[g, NULL, 1.50], int4range(g, g + 3),
    ROW (g, 'b')::pair, g / 3.0, g::text FROM generate_series(1, 1000) g;
CREATE INDEX by_name ON games USING btree (lower(name)) WHERE points > 3;
CREATE TABLE game.moves (game bigint REFERENCES games, n int, note text, UNIQUE (game, n)) PARTITION BY RANGE (n);
CREATE TABLE game.moves_low PARTITION OF game.moves FOR VALUES FROM (MINVALUE) TO (10);
CREATE TABLE game.moves_rest PARTITION OF game.moves DEFAULT;
INSERT INTO game.moves SELECT g % 1000 + 1, g, 'move' FROM generate_series(1, 2000) g;
CREATE TABLE twins (a int, b text);
INSERT INTO twins VALUES (1, 'same'), (1, 'same'), (NULL, NULL);
CREATE VIEW overview AS SELECT id, name FROM games WHERE points > 10;
CREATE MATERIALIZED VIEW top AS SELECT max(points) AS points FROM games;
CREATE FUNCTION twice(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a * 2';
CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touch BEFORE UPDATE ON games FOR EACH ROW EXECUTE FUNCTION touched();
CREATE RULE quiet AS ON DELETE TO twins DO INSTEAD NOTHING;
CREATE STATISTICS games_stats ON name, points FROM games;
ALTER TABLE games ENABLE ROW LEVEL SECURITY;
CREATE POLICY everyone ON games USING (true);
CREATE PUBLICATION news FOR TABLE twins;
CREATE SEQUENCE down INCREMENT -2 START 100 MINVALUE -100 MAXVALUE 100;
SELECT nextval('down'), nextval('down');
SELECT lo_from_bytea(4242, 'blob');
COMMENT ON TABLE games IS 'all of them';
COMMENT ON LARGE OBJECT 4242 IS 'a blob';
GRANT SELECT (id, name) ON games TO PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;
ALTER DATABASE "primary" SET work_mem = '7MB';
