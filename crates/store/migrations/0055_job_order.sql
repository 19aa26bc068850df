-- Whose turn it is among jobs of one queue in the same microsecond, as deliveries to one webhook are, is told by their ids.
DROP INDEX jobs_turn_idx;
CREATE INDEX jobs_turn_idx ON jobs (customer, unit, ledger, kind, received_at, upload, id)
    WHERE state IN ('waiting', 'running');
