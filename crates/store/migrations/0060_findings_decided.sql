-- How often findings of a check, kind and pattern were confirmed is asked for with every screening: without
-- the bodies of all findings.
CREATE INDEX findings_decided_idx ON findings (customer, unit, check_name, kind, pattern, state, by_evidence)
    WHERE state IN ('duplicate', 'not_duplicate');
