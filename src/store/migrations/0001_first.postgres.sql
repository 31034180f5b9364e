CREATE EXTENSION IF NOT EXISTS pg_trgm;
-- fastupdate = off: a search would have to read the list of pending entries
CREATE INDEX license_search_by_trigram ON license_search USING gin (search_text gin_trgm_ops)
    WITH (fastupdate = off);
