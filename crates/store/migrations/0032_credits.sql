-- Credits of a ledger that may be the answer to money that was asked for, each for one finding. state is open,
-- taken or refused; a row that was decided is not asked about again. credited is the credit as JSON.
CREATE TABLE credit_matches (
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    credit TEXT NOT NULL,
    finding TEXT NOT NULL,
    credited TEXT NOT NULL,
    names_number BIGINT NOT NULL,
    is_amount BIGINT NOT NULL,
    state TEXT NOT NULL,
    found_at BIGINT NOT NULL,
    decided_by TEXT,
    decided_at BIGINT,
    CONSTRAINT credit_matches_pkey PRIMARY KEY (customer, unit, credit),
    CONSTRAINT credit_matches_unit_fkey FOREIGN KEY (customer, unit) REFERENCES units (customer, name)
);

CREATE INDEX credit_matches_finding_idx ON credit_matches (customer, unit, finding) WHERE state = 'open';

-- Set where a credit that names number and amount is taken for the answer without a person.
ALTER TABLE customers ADD COLUMN takes_credits BIGINT;
