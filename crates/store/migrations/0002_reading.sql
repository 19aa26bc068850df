-- What reading an upload came to; set as the state asks for it. released_at: a person let it in.
ALTER TABLE uploads ADD COLUMN ledger_version BIGINT;
ALTER TABLE uploads ADD COLUMN non_rows BIGINT;
ALTER TABLE uploads ADD COLUMN rows_replaced BIGINT;
ALTER TABLE uploads ADD COLUMN made_inactive BIGINT;
ALTER TABLE uploads ADD COLUMN active_before BIGINT;
ALTER TABLE uploads ADD COLUMN released_at BIGINT;

-- Of one ledger in the order of receipt: is a newer one read, is an older one held.
CREATE INDEX uploads_ledger_idx ON uploads (customer, unit, file_type, state, received_at, id);

-- The upload's own, kept here as well: with the job's unit they say whose turn it is.
ALTER TABLE jobs ADD COLUMN file_type TEXT;
ALTER TABLE jobs ADD COLUMN received_at BIGINT;

UPDATE jobs SET
    file_type = (SELECT uploads.file_type FROM uploads WHERE uploads.id = jobs.upload),
    received_at = (SELECT uploads.received_at FROM uploads WHERE uploads.id = jobs.upload);

-- Of what is not over; the rest is history, which only grows.
CREATE INDEX jobs_turn_idx ON jobs (customer, unit, file_type, kind, received_at, upload)
    WHERE state IN ('waiting', 'running');

-- What could not be used as it is, in the order of the file.
CREATE TABLE problems (
    upload TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    line BIGINT,
    column_name TEXT,
    value TEXT,
    reason TEXT NOT NULL,
    level TEXT NOT NULL,
    CONSTRAINT problems_pkey PRIMARY KEY (upload, ordinal),
    CONSTRAINT problems_upload_fkey FOREIGN KEY (upload) REFERENCES uploads (id)
);

-- All that were met, also those that are not among the problems kept.
CREATE TABLE problem_counts (
    upload TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    column_name TEXT,
    reason TEXT NOT NULL,
    level TEXT NOT NULL,
    problems BIGINT NOT NULL,
    CONSTRAINT problem_counts_pkey PRIMARY KEY (upload, ordinal),
    CONSTRAINT problem_counts_upload_fkey FOREIGN KEY (upload) REFERENCES uploads (id)
);

-- rules is JSON.
CREATE TABLE reading_rules (
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    file_type TEXT NOT NULL,
    rules TEXT NOT NULL,
    set_at BIGINT NOT NULL,
    CONSTRAINT reading_rules_pkey PRIMARY KEY (customer, unit, file_type),
    CONSTRAINT reading_rules_unit_fkey FOREIGN KEY (customer, unit)
        REFERENCES units (customer, name)
);
