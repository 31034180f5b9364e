-- a license that an operator generated to try the whole path: marked wherever it shows, and counted for no limit
ALTER TABLE licenses ADD COLUMN drill BIGINT NOT NULL DEFAULT 0;
