-- a drill, delivered by the version that wrote it
INSERT INTO licenses (number, id, created_at, ticket_id, ticket_subject, agent_user_id, agent_username, customer_email,
    customer_email_lower, customer_mailbox, customer_name, customer_company, seats, starts_on, expires_on, file,
    file_md5, file_sha256, verdict, verdict_reason, recommended_seats, override_reason, overridden_by, drill)
VALUES (1, '0198a3c4-0000-7000-8000-000000000001', 4102444800000, 4711, 'License expired', 42, 'jdoe',
    'jane@acme.example', 'jane@acme.example', 'jane@acme.example', 'Jane Doe', 'Acme GmbH', 286, '2099-12-30', '2100-01-11',
    'eyJkYXRhIjoieCJ9
', 'd41d8cd98f00b204e9800998ecf8427e', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'not_expired', 'it has not expired', 300, 'the customer is down', 'agent 42 (jdoe)', 1);
INSERT INTO deliveries (id, license_id, channel, purpose, recipient, state, attempts, uncertain, late, created_at,
    deadline_at, expires_at, next_attempt_at, sent_at, reference, arrival_state, arrival_reason, arrival_at)
VALUES ('0198a3c4-0000-7000-8000-000000000011', '0198a3c4-0000-7000-8000-000000000001', 'email', 'first',
    'jane@acme.example', 'sent', 1, 0, 0, 4102444800000, 4102445100000, 4103308800000, 4102444800000, 4102444801000,
    'one@stopgap.example', 'delivered', 'ok', 4102444802000);
INSERT INTO deliveries (id, license_id, channel, purpose, notice, state, attempts, uncertain, late, created_at,
    expires_at, next_attempt_at, sent_at, reference)
VALUES ('0198a3c4-0000-7000-8000-000000000012', '0198a3c4-0000-7000-8000-000000000001', 'issue', 'first',
    '{"kind":"generated"}', 'sent', 1, 0, 0, 4102444801000, 4103308800000, 4102444801000, 4102444802000,
    'https://gitlab.example/support/-/issues/1'),
    ('0198a3c4-0000-7000-8000-000000000013', '0198a3c4-0000-7000-8000-000000000001', 'slack', 'first',
    '{"kind":"generated"}', 'sent', 2, 1, 0, 4102444801000, 4103308800000, 4102444801000, 4102444803000, NULL);
INSERT INTO attempts (delivery_id, number, at, outcome)
VALUES ('0198a3c4-0000-7000-8000-000000000011', 1, 4102444801000, 'sent');
INSERT INTO events (license_id, number, at, actor, kind, detail)
VALUES ('0198a3c4-0000-7000-8000-000000000001', 1, 4102444800000, 'agent 42', 'generated', 'for 286 seats'),
    ('0198a3c4-0000-7000-8000-000000000001', 2, 4102444801000, 'outbox', 'email_sent', NULL);
-- another license, whose email is pending
INSERT INTO licenses (number, id, created_at, ticket_id, agent_user_id, agent_username, customer_email,
    customer_email_lower, customer_mailbox, seats, starts_on, expires_on, file, verdict, verdict_reason, drill)
VALUES (2, '0198a3c4-0000-7000-8000-000000000002', 4102444900000, 4712, 42, 'jdoe', 'joe@other.example',
    'joe@other.example', 'joe@other.example', 10, '2099-12-30', '2100-01-11', 'eyJkYXRhIjoieSJ9
', 'unchecked', 'no evidence', 0);
INSERT INTO deliveries (id, license_id, channel, purpose, recipient, state, attempts, uncertain, late, created_at,
    deadline_at, expires_at, next_attempt_at, request_id)
VALUES ('0198a3c4-0000-7000-8000-000000000021', '0198a3c4-0000-7000-8000-000000000002', 'email', 'first',
    'joe@other.example', 'pending', 0, 0, 0, 4102444900000, 4102445200000, 4103308800000, 1000,
    '0198a3c4-0000-7000-8000-0000000000f1');
INSERT INTO license_search (number, search_text)
VALUES (1, 'jane@acme.example
jane doe
acme gmbh
jdoe
0198a3c4-0000-7000-8000-000000000001'),
    (2, 'joe@other.example


jdoe
0198a3c4-0000-7000-8000-000000000002');
INSERT INTO idempotency_keys (agent_user_id, idempotency_key, request_hash, license_id, kind, body)
VALUES (42, 'kept-key', 'another', '0198a3c4-0000-7000-8000-000000000001', 'created', '{}');
INSERT INTO sessions (token_hash, agent_user_id, installation_id, expires_at) VALUES ('x', 42, 1, 4102444800000);
INSERT INTO used_tokens (token_hash, expires_at) VALUES ('y', 4102444800000);
INSERT INTO agents (user_id, username) VALUES (42, 'jdoe');
