-- janua: no-transaction
-- UP
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- CONCURRENTLY keeps the table writable, and an interrupted run leaves an invalid index behind.
DROP INDEX CONCURRENTLY IF EXISTS users_display_name_trgm_idx;
CREATE INDEX CONCURRENTLY users_display_name_trgm_idx ON users USING gin (display_name gin_trgm_ops);

DROP INDEX CONCURRENTLY IF EXISTS organizations_name_trgm_idx;
CREATE INDEX CONCURRENTLY organizations_name_trgm_idx ON organizations USING gin (name gin_trgm_ops);

-- DOWN
DROP INDEX CONCURRENTLY IF EXISTS organizations_name_trgm_idx;
DROP INDEX CONCURRENTLY IF EXISTS users_display_name_trgm_idx;
DROP EXTENSION IF EXISTS pg_trgm;
