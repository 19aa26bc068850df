-- The newest preview of other settings of a unit's checks, one row a unit. state is waiting, running, done or failed;
-- settings and effect are JSON. A lease that has lapsed lets somebody else begin it anew.
CREATE TABLE check_previews (
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    asked_by TEXT NOT NULL,
    settings TEXT NOT NULL,
    state TEXT NOT NULL,
    began_at BIGINT,
    lease_until BIGINT,
    fence BIGINT,
    ended_at BIGINT,
    why TEXT,
    effect TEXT,
    CONSTRAINT check_previews_pkey PRIMARY KEY (customer, unit),
    CONSTRAINT check_previews_unit_fkey FOREIGN KEY (customer, unit) REFERENCES units (customer, name)
);
