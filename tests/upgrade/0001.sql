INSERT INTO licenses (id, created_at, ticket_id, ticket_subject, agent_user_id, agent_username, customer_email,
    customer_folded, customer_name, customer_company, seats, starts_on, expires_on, file, verdict, verdict_reason,
    override_reason, search)
VALUES ('0198a3c4-0000-7000-8000-000000000001', 4102444800000, 4711, 'License expired', 42, 'jdoe', 'jane@acme.example',
    'jane@acme.example', 'Jane Doe', 'Acme GmbH', 286, '2099-12-30', '2100-01-11', 'eyJkYXRhIjoieCJ9
', 'not_expired', 'it has not expired', 'the customer is down', 'jane doe jane@acme.example acme gmbh jdoe');
INSERT INTO deliveries (id, license_id, channel, purpose, recipient, state, attempts, uncertain, late, created_at,
    deadline_at, give_up_at, next_attempt_at, sent_at, reference)
VALUES ('0198a3c4-0000-7000-8000-000000000011', '0198a3c4-0000-7000-8000-000000000001', 'email', 'first',
    'jane@acme.example', 'sent', 1, 0, 0, 4102444800000, 4102445100000, 4103308800000, 4102444800000, 4102444801000,
    'one@stopgap.example');
INSERT INTO deliveries (id, license_id, channel, purpose, story, state, attempts, uncertain, late, created_at, give_up_at,
    next_attempt_at, sent_at, reference)
VALUES ('0198a3c4-0000-7000-8000-000000000012', '0198a3c4-0000-7000-8000-000000000001', 'issue', 'first',
    '{"kind":"generated"}', 'sent', 1, 0, 0, 4102444801000, 4103308800000, 4102444801000, 4102444802000,
    'https://gitlab.example/support/-/issues/1'),
    ('0198a3c4-0000-7000-8000-000000000013', '0198a3c4-0000-7000-8000-000000000001', 'slack', 'first',
    '{"kind":"generated"}', 'sent', 2, 1, 0, 4102444801000, 4103308800000, 4102444801000, 4102444803000, NULL);
-- a second one, whose mail was still to be sent
INSERT INTO licenses (id, created_at, ticket_id, agent_user_id, agent_username, customer_email, customer_folded, seats,
    starts_on, expires_on, file, verdict, verdict_reason, search)
VALUES ('0198a3c4-0000-7000-8000-000000000002', 4102444900000, 4712, 42, 'jdoe', 'joe@other.example',
    'joe@other.example', 10, '2099-12-30', '2100-01-11', 'eyJkYXRhIjoieSJ9
', 'unchecked', 'no evidence', 'joe@other.example jdoe');
INSERT INTO deliveries (id, license_id, channel, purpose, recipient, state, attempts, uncertain, late, created_at,
    deadline_at, give_up_at, next_attempt_at)
VALUES ('0198a3c4-0000-7000-8000-000000000021', '0198a3c4-0000-7000-8000-000000000002', 'email', 'first',
    'joe@other.example', 'pending', 0, 0, 0, 4102444900000, 4102445200000, 4103308800000, 1000);
INSERT INTO events (license_id, number, at, by_whom, what, detail)
VALUES ('0198a3c4-0000-7000-8000-000000000001', 1, 4102444800000, 'agent 42', 'generated', 'for 286 seats'),
    ('0198a3c4-0000-7000-8000-000000000001', 2, 4102444801000, 'outbox', 'email_sent', NULL);
INSERT INTO answers (agent_user_id, idempotency_key, request_hash, license_id, status, body)
VALUES (42, 'kept-key', 'another', '0198a3c4-0000-7000-8000-000000000001', 201, '{}');
INSERT INTO sessions (token_hash, agent_user_id, installation_id, expires_at) VALUES ('x', 42, 1, 4102444800000);
INSERT INTO used_tokens (token_hash, expires_at) VALUES ('y', 4102444800000);
INSERT INTO agents (user_id, username) VALUES (42, 'jdoe');
