-- what the evidence asked for when the license was generated; nothing where it did not tell
ALTER TABLE licenses ADD COLUMN recommended_seats BIGINT;
-- who went on although it was out of scope: not always who generated, for a replacement keeps the verdict
ALTER TABLE licenses ADD COLUMN overridden_by TEXT;
