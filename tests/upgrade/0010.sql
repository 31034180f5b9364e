UPDATE licenses SET drill = 1 WHERE ticket_id = 4711;
