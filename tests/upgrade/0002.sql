UPDATE licenses SET recommended_seats = 300, overridden_by = 'agent 42 (jdoe)' WHERE ticket_id = 4711;
