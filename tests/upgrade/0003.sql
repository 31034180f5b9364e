UPDATE deliveries SET arrival_state = 'delivered', arrival_reason = 'ok', arrival_at = 4102444802000
    WHERE id = '0198a3c4-0000-7000-8000-000000000011';
UPDATE licenses SET file_md5 = 'd41d8cd98f00b204e9800998ecf8427e',
    file_sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' WHERE ticket_id = 4711;
INSERT INTO attempts (delivery_id, number, at, outcome)
VALUES ('0198a3c4-0000-7000-8000-000000000011', 1, 4102444801000, 'sent');
