-- Which column of a supplier's statements holds what, as somebody settled it: settled is JSON, the headers by what they
-- hold. Without a row columns are found by their usual names.
CREATE TABLE statement_columns (
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    supplier TEXT NOT NULL,
    settled TEXT NOT NULL,
    set_at BIGINT NOT NULL,
    CONSTRAINT statement_columns_pkey PRIMARY KEY (customer, unit, supplier),
    CONSTRAINT statement_columns_unit_fkey FOREIGN KEY (customer, unit) REFERENCES units (customer, name)
);
