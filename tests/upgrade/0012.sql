UPDATE licenses SET number = 1 WHERE ticket_id = 4711;
UPDATE licenses SET number = 2 WHERE ticket_id = 4712;
INSERT INTO search_blocks (block, words) VALUES (0, 'jane doe jane@acme.example acme gmbh jdoe
joe@other.example jdoe
');
