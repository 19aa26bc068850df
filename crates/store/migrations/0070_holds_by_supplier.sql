-- Where lists are numbered anew a Unique ID is that of invoices of several suppliers, and each is held for itself.
-- supplier is the reference of the invoice's; NULL where it names none, and of holds of before.
CREATE TABLE earlier_holds AS SELECT * FROM holds;

DROP TABLE holds;

CREATE TABLE holds (
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    change BIGINT NOT NULL,
    invoice TEXT NOT NULL,
    supplier TEXT,
    state TEXT NOT NULL,
    findings TEXT NOT NULL,
    title TEXT NOT NULL,
    fields TEXT NOT NULL,
    because TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    acknowledged_at BIGINT,
    acknowledged_by TEXT,
    CONSTRAINT holds_pkey PRIMARY KEY (customer, unit, change),
    CONSTRAINT holds_unit_fkey FOREIGN KEY (customer, unit) REFERENCES units (customer, name)
);

CREATE INDEX holds_invoice_idx ON holds (customer, unit, invoice);

INSERT INTO holds (customer, unit, change, invoice, state, findings, title, fields, because, changed_at, changed_by,
    acknowledged_at, acknowledged_by)
SELECT customer, unit, change, invoice, state, findings, title, fields, because, changed_at, changed_by,
    acknowledged_at, acknowledged_by
FROM earlier_holds;

DROP TABLE earlier_holds;
