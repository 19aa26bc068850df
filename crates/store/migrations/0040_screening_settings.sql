-- From which probability on, and at which oddities, screenings of a unit say look or stop. settings is JSON; without a
-- row all is as usual.
CREATE TABLE screening_settings (
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    settings TEXT NOT NULL,
    set_at BIGINT NOT NULL,
    CONSTRAINT screening_settings_pkey PRIMARY KEY (customer, unit),
    CONSTRAINT screening_settings_unit_fkey FOREIGN KEY (customer, unit) REFERENCES units (customer, name)
);
