-- Which findings speak of a row of a ledger, and of which supplier: of the rows that make a finding what it
-- is, so what was written once stays true. Findings kept before this have theirs from the next run on.
CREATE TABLE finding_rows (
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    ledger TEXT NOT NULL,
    id TEXT NOT NULL,
    key TEXT NOT NULL,
    CONSTRAINT finding_rows_pkey PRIMARY KEY (customer, unit, ledger, id, key),
    CONSTRAINT finding_rows_finding_fkey FOREIGN KEY (customer, unit, key)
        REFERENCES findings (customer, unit, key)
);

-- What the overview sums, without the bodies that stand between the columns.
CREATE INDEX findings_sums_idx ON findings (customer, unit, gone_at, suppressed, state, check_name, currency,
    at_risk, recovered, first_run, first_seen);

CREATE INDEX finding_history_verdicts_idx ON finding_history (customer, unit, what, at);
