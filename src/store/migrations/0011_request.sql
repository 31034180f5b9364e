-- the request that a delivery goes back to, by its id in the log; nothing where none did: a drill, an operator's command
ALTER TABLE deliveries ADD COLUMN request_id TEXT;
