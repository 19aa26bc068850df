-- Suppliers' statements as they were held against the ledger: body is the outcome as JSON, to_ask how many lines there
-- is something to ask about.
CREATE TABLE statements (
    id TEXT NOT NULL,
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    supplier TEXT NOT NULL,
    file_name TEXT NOT NULL,
    sent_by TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    lines BIGINT NOT NULL,
    to_ask BIGINT NOT NULL,
    missing_there BIGINT NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT statements_pkey PRIMARY KEY (id),
    CONSTRAINT statements_unit_fkey FOREIGN KEY (customer, unit) REFERENCES units (customer, name)
);

CREATE INDEX statements_supplier_idx ON statements (customer, unit, supplier, sent_at);
