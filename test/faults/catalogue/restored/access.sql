-- Who may do what, who owns what, what is written about it, and the database's own settings. See ../restored.ts for the format.

-- fault: policy lost
-- names: own_secrets
DROP POLICY own_secrets ON audit.secrets;

-- fault: policy's expression changed
-- names: own_secrets
ALTER POLICY own_secrets ON audit.secrets USING (true);

-- fault: policy for other roles
-- names: own_secrets
ALTER POLICY own_secrets ON audit.secrets TO PUBLIC;

-- fault: restrictive policy became permissive
-- names: no_nobody
DROP POLICY no_nobody ON audit.secrets;
CREATE POLICY no_nobody ON audit.secrets FOR ALL TO PUBLIC USING (owner <> 'nobody') WITH CHECK (owner <> 'nobody');

-- fault: row security disabled
-- names: secrets
ALTER TABLE audit.secrets DISABLE ROW LEVEL SECURITY;

-- fault: row security no longer forced
-- names: secrets
ALTER TABLE audit.secrets NO FORCE ROW LEVEL SECURITY;

-- fault: grant on a table lost
-- names: users
REVOKE SELECT ON users FROM ringrift_reader;

-- fault: all grants on a table lost
-- names: games
REVOKE ALL ON games FROM ringrift_reader, ringrift_app;

-- fault: grant on a table to everybody
-- names: users
GRANT SELECT ON users TO PUBLIC;

-- fault: grant option lost
-- names: games
REVOKE GRANT OPTION FOR SELECT ON games FROM ringrift_app;

-- fault: column grant lost
-- names: secrets
REVOKE UPDATE (note) ON audit.secrets FROM ringrift_reader;

-- fault: column grant added
-- names: secrets
GRANT SELECT (secret) ON audit.secrets TO ringrift_reader;

-- fault: grant on a schema lost
-- names: audit
REVOKE USAGE ON SCHEMA audit FROM ringrift_reader;

-- fault: everybody may create in public
-- names: public
GRANT CREATE ON SCHEMA public TO PUBLIC;

-- fault: grant on a sequence lost
-- names: tickets
REVOKE USAGE ON SEQUENCE tickets FROM ringrift_app;

-- fault: everybody may call a function
-- names: whoami
GRANT EXECUTE ON FUNCTION whoami() TO PUBLIC;

-- fault: everybody may use a type
-- names: mood
GRANT USAGE ON TYPE mood TO PUBLIC;

-- fault: grant on a foreign server lost
-- names: elsewhere
REVOKE USAGE ON FOREIGN SERVER elsewhere FROM ringrift_app;

-- fault: default privileges lost
-- names: default|audit
ALTER DEFAULT PRIVILEGES FOR ROLE ringrift IN SCHEMA audit REVOKE SELECT ON TABLES FROM ringrift_reader;

-- fault: default privileges of functions lost
-- names: default|function
ALTER DEFAULT PRIVILEGES FOR ROLE ringrift GRANT EXECUTE ON FUNCTIONS TO PUBLIC;

-- fault: grant on a language lost
-- names: sql
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;

-- fault: other owner of a table
-- names: scores
ALTER TABLE scores OWNER TO ringrift;

-- fault: other owner of a schema
-- names: audit
ALTER SCHEMA audit OWNER TO ringrift_app;

-- fault: other owner of a view
-- names: leaderboard
ALTER VIEW leaderboard OWNER TO ringrift_app;

-- fault: other owner of a function
-- names: win_rate
ALTER FUNCTION win_rate OWNER TO ringrift;

-- fault: other owner of a type
-- names: mood
ALTER TYPE mood OWNER TO ringrift;

-- fault: other owner of a sequence
-- names: untouched
ALTER SEQUENCE untouched OWNER TO ringrift_app;

-- fault: other owner of a publication
-- names: audited
ALTER PUBLICATION audited OWNER TO postgres;

-- fault: other owner of a collation
-- names: nocase
ALTER COLLATION nocase OWNER TO postgres;

-- fault: other owner of a materialized view
-- names: game_counts
ALTER MATERIALIZED VIEW game_counts OWNER TO ringrift_app;

-- fault: comment of a table lost
-- names: games
COMMENT ON TABLE games IS NULL;

-- fault: comment of a column changed
-- names: rngSeed
COMMENT ON COLUMN games."rngSeed" IS 'other';

-- fault: comment of a schema lost
-- names: audit
COMMENT ON SCHEMA audit IS NULL;

-- fault: comment of a function lost
-- names: win_rate
COMMENT ON FUNCTION win_rate IS NULL;

-- fault: comment of an index lost
-- names: games_status_idx
COMMENT ON INDEX games_status_idx IS NULL;

-- fault: comment of a constraint lost
-- names: rating_sane
COMMENT ON CONSTRAINT rating_sane ON rating_history IS NULL;

-- fault: comment of a type lost
-- names: mood
COMMENT ON TYPE mood IS NULL;

-- fault: comment of a view lost
-- names: leaderboard
COMMENT ON VIEW leaderboard IS NULL;

-- fault: comment of a trigger lost
-- names: users_touch
COMMENT ON TRIGGER users_touch ON users IS NULL;

-- fault: comment of a policy lost
-- names: own_secrets
COMMENT ON POLICY own_secrets ON audit.secrets IS NULL;

-- fault: comment added
-- names: moves
COMMENT ON TABLE moves IS 'new';

-- fault: setting of the database lost
-- names: work_mem
ALTER DATABASE {db} RESET work_mem;

-- fault: setting of the database changed
-- names: search_path
ALTER DATABASE {db} SET search_path = public;

-- fault: setting of the database added
-- names: statement_timeout
ALTER DATABASE {db} SET statement_timeout = 5;

-- fault: setting of a role in the database lost
-- names: ringrift_app.*statement_timeout|statement_timeout.*ringrift_app
ALTER ROLE ringrift_app IN DATABASE {db} RESET statement_timeout;

-- fault: connection limit changed
-- names: connection limit
ALTER DATABASE {db} CONNECTION LIMIT 5;

-- fault: grant on the database lost
-- names: CREATE|grant|privilege
REVOKE CREATE ON DATABASE {db} FROM ringrift_app;

-- fault: everybody may make temporary tables
-- names: TEMP|grant|privilege
GRANT TEMPORARY ON DATABASE {db} TO PUBLIC;

-- fault: other owner of the database
-- names: owner
ALTER DATABASE {db} OWNER TO ringrift_app;

-- fault: marker of the drill lost
-- names: marker
COMMENT ON DATABASE {db} IS 'mine now';

-- fault: collation version of the database
-- warns: collation version
UPDATE pg_database SET datcollversion = '0.1' WHERE datname = current_database();

-- fault: database in SQL_ASCII, its bytes equal
-- names: encoding|SQL_ASCII
UPDATE pg_database SET encoding = 0 WHERE datname = current_database();

-- fault: database of another collation, its rows equal
-- names: collat|locale
UPDATE pg_database SET datcollate = 'C' WHERE datname = current_database();

-- fault: database of another character type, its rows equal
-- names: ctype|locale|character
UPDATE pg_database SET datctype = 'C' WHERE datname = current_database();
