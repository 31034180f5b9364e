-- what the evidence asked for when the license was generated; nothing where it did not tell
ALTER TABLE licenses ADD COLUMN recommended_seats BIGINT;
