-- TEXT and BIGINT alone, so that SQLite and PostgreSQL read the same statements. Times are milliseconds since 1970 (UTC).

CREATE TABLE licenses (
    id               TEXT   NOT NULL PRIMARY KEY,
    created_at       BIGINT NOT NULL,
    ticket_id        BIGINT NOT NULL,
    ticket_subject   TEXT,
    agent_user_id    BIGINT NOT NULL,
    agent_username   TEXT   NOT NULL,
    customer_email   TEXT   NOT NULL,
    customer_folded  TEXT   NOT NULL,
    customer_name    TEXT,
    customer_company TEXT,
    seats            BIGINT NOT NULL,
    starts_on        TEXT   NOT NULL,
    expires_on       TEXT   NOT NULL,
    file             TEXT,
    seal_error       TEXT,
    verdict          TEXT   NOT NULL,
    verdict_reason   TEXT   NOT NULL,
    override_reason  TEXT,
    replaces         TEXT   REFERENCES licenses (id),
    replaced_by      TEXT   REFERENCES licenses (id),
    search           TEXT   NOT NULL
);
-- lookup by words: the whole answer to "which ids match" stands in the index
CREATE INDEX licenses_by_search ON licenses (id, search);
CREATE INDEX licenses_by_ticket ON licenses (ticket_id, id);
CREATE INDEX licenses_by_customer ON licenses (customer_folded, created_at);
CREATE INDEX licenses_by_agent ON licenses (agent_user_id, created_at);
CREATE INDEX licenses_by_time ON licenses (created_at);

CREATE TABLE deliveries (
    id              TEXT   NOT NULL PRIMARY KEY,
    license_id      TEXT   NOT NULL REFERENCES licenses (id),
    channel         TEXT   NOT NULL,
    purpose         TEXT   NOT NULL,
    recipient       TEXT,
    notice          TEXT,
    state           TEXT   NOT NULL,
    attempts        BIGINT NOT NULL,
    uncertain       BIGINT NOT NULL,
    late            BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    deadline_at     BIGINT,
    expires_at      BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    sent_at         BIGINT,
    last_error      TEXT,
    reference       TEXT,
    -- not before that delivery has ended, or patience has: a Slack message wants the link of its issue
    depends_on      TEXT   REFERENCES deliveries (id),
    wait_until      BIGINT,
    -- who makes it now, and until when that is believed, by the database's own clock
    lease_holder    TEXT,
    lease_until     BIGINT
);
CREATE INDEX deliveries_by_license ON deliveries (license_id, created_at);
-- the outbox's question: what is due?
CREATE INDEX deliveries_due ON deliveries (state, channel, next_attempt_at);

CREATE TABLE events (
    license_id TEXT   NOT NULL REFERENCES licenses (id),
    number     BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    actor      TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    detail     TEXT,
    PRIMARY KEY (license_id, number)
);

-- what one idempotency key of one agent was answered
CREATE TABLE idempotency_keys (
    agent_user_id   BIGINT NOT NULL,
    idempotency_key TEXT   NOT NULL,
    request_hash    TEXT   NOT NULL,
    license_id      TEXT   NOT NULL REFERENCES licenses (id),
    kind            TEXT   NOT NULL,
    body            TEXT   NOT NULL,
    PRIMARY KEY (agent_user_id, idempotency_key)
);

CREATE TABLE sessions (
    token_hash      TEXT   NOT NULL PRIMARY KEY,
    agent_user_id   BIGINT NOT NULL,
    installation_id BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL
);

-- signed tokens that were used, until they could not be used anyway
CREATE TABLE used_tokens (
    token_hash TEXT   NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);

-- what an agent gave last
CREATE TABLE agents (
    user_id  BIGINT NOT NULL PRIMARY KEY,
    username TEXT   NOT NULL
);
