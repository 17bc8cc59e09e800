-- What belongs to the database itself; no dump carries it.
ALTER DATABASE ringrift SET work_mem = '7MB';
ALTER DATABASE ringrift SET search_path = "$user", public, audit;
ALTER ROLE ringrift_app IN DATABASE ringrift SET statement_timeout = '30s';
ALTER DATABASE ringrift CONNECTION LIMIT 50;
REVOKE TEMPORARY ON DATABASE ringrift FROM PUBLIC;
GRANT CREATE ON DATABASE ringrift TO ringrift_app;
COMMENT ON DATABASE ringrift IS 'The game''s own database';
