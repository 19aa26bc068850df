-- Invoices that are not to be paid, one row an invoice. change is counted through in a unit and grows with every hold
-- and every lift, so that an ERP asks for what is new to it; acknowledged_at is NULL until it has said that it has the
-- newest. state is held or lifted; findings and fields are JSON.
CREATE TABLE holds (
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    invoice TEXT NOT NULL,
    change BIGINT NOT NULL,
    state TEXT NOT NULL,
    findings TEXT NOT NULL,
    title TEXT NOT NULL,
    fields TEXT NOT NULL,
    because TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    acknowledged_at BIGINT,
    acknowledged_by TEXT,
    CONSTRAINT holds_pkey PRIMARY KEY (customer, unit, invoice),
    CONSTRAINT holds_change_key UNIQUE (customer, unit, change),
    CONSTRAINT holds_unit_fkey FOREIGN KEY (customer, unit) REFERENCES units (customer, name)
);
