-- the order in which licenses were committed: 1, 2, 3, …
ALTER TABLE licenses ADD COLUMN number BIGINT;
UPDATE licenses SET number = n.number
    FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS number FROM licenses) AS n WHERE n.id = licenses.id;

-- lookup by words: those of the licenses 64 * block to 64 * block + 63, one after the other, so that a word that is rare
-- is looked for in few rows. INTEGER, so that it is SQLite's own row number.
CREATE TABLE search_blocks (
    block INTEGER NOT NULL PRIMARY KEY,
    words TEXT    NOT NULL
);
INSERT INTO search_blocks (block, words) SELECT number / 64, string_agg(search || '
', '') FROM licenses GROUP BY number / 64;

CREATE UNIQUE INDEX licenses_by_number ON licenses (number);
-- which licenses of a block match stands in the index
DROP INDEX licenses_by_search;
CREATE INDEX licenses_by_search ON licenses (number, search);
DROP INDEX licenses_by_ticket;
CREATE INDEX licenses_by_ticket ON licenses (ticket_id, number);
