-- detail = none: a third of the size; searches verify the candidates
CREATE VIRTUAL TABLE license_search_fts USING fts5 (
    search_text,
    content = 'license_search',
    content_rowid = 'number',
    tokenize = 'trigram case_sensitive 1',
    detail = none,
    columnsize = 0
);
-- erased text must not stay in old segments
INSERT INTO license_search_fts (license_search_fts, rank) VALUES ('secure-delete', 1);

CREATE TRIGGER license_search_insert AFTER INSERT ON license_search BEGIN
    INSERT INTO license_search_fts (rowid, search_text) VALUES (new.number, new.search_text);
END;
CREATE TRIGGER license_search_update AFTER UPDATE ON license_search BEGIN
    INSERT INTO license_search_fts (license_search_fts, rowid, search_text)
        VALUES ('delete', old.number, old.search_text);
    INSERT INTO license_search_fts (rowid, search_text) VALUES (new.number, new.search_text);
END;
