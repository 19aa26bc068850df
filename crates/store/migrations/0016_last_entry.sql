-- The number of the last entry of a finding's history, 0 before there is one: whoever decides says which one they
-- had before them.
ALTER TABLE findings ADD COLUMN last_entry BIGINT NOT NULL DEFAULT 0;

UPDATE findings SET last_entry = COALESCE((SELECT MAX(entry) FROM finding_history
    WHERE finding_history.customer = findings.customer AND finding_history.unit = findings.unit
    AND finding_history.key = findings.key), 0);
