-- How often the findings of a unit have changed, so that sums of them need not be made anew while they have not.
-- Without a row: never since this was counted.
CREATE TABLE finding_versions (
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT finding_versions_pkey PRIMARY KEY (customer, unit),
    CONSTRAINT finding_versions_unit_fkey FOREIGN KEY (customer, unit) REFERENCES units (customer, name)
);
