-- Who made a token, and where from it was last used.
ALTER TABLE tokens ADD COLUMN made_by TEXT;
ALTER TABLE tokens ADD COLUMN last_used_from TEXT;

-- What a unit has set of the checks, as JSON; no row: all as the checks say.
CREATE TABLE check_settings (
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    settings TEXT NOT NULL,
    set_at BIGINT NOT NULL,
    CONSTRAINT check_settings_pkey PRIMARY KEY (customer, unit),
    CONSTRAINT check_settings_unit_fkey FOREIGN KEY (customer, unit) REFERENCES units (customer, name)
);

-- Up to where the audit log was last gone over and found whole, in one row.
CREATE TABLE audit_verified (
    id BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    hash TEXT NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT audit_verified_pkey PRIMARY KEY (id)
);
