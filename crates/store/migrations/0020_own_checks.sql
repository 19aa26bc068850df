-- Checks that administrators wrote, one row a version: every change, switch and removal is one more, and nothing is
-- ever changed. definition is JSON; state is on, off or removed.
CREATE TABLE own_checks (
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    definition TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    CONSTRAINT own_checks_pkey PRIMARY KEY (customer, unit, name, version),
    CONSTRAINT own_checks_unit_fkey FOREIGN KEY (customer, unit) REFERENCES units (customer, name)
);
