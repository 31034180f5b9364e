-- what the mail provider said about a mail after it was accepted
ALTER TABLE deliveries ADD COLUMN arrival_state TEXT;
ALTER TABLE deliveries ADD COLUMN arrival_reason TEXT;
ALTER TABLE deliveries ADD COLUMN arrival_at BIGINT;

-- under which GitLab reports usage: they stay when the text is erased
ALTER TABLE licenses ADD COLUMN file_md5 TEXT;
ALTER TABLE licenses ADD COLUMN file_sha256 TEXT;
-- when the personal data was erased
ALTER TABLE licenses ADD COLUMN erased_at BIGINT;

-- what came of each attempt; of a long series, the first and the last ones
CREATE TABLE attempts (
    delivery_id TEXT   NOT NULL REFERENCES deliveries (id),
    number      BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    outcome     TEXT   NOT NULL,
    error       TEXT,
    PRIMARY KEY (delivery_id, number)
);

-- what is to be erased next
CREATE INDEX licenses_with_text ON licenses (expires_on) WHERE file IS NOT NULL;
CREATE INDEX licenses_with_people ON licenses (created_at) WHERE erased_at IS NULL;
CREATE INDEX idempotency_keys_by_license ON idempotency_keys (license_id);
