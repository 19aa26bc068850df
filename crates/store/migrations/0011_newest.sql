-- An upload with the bytes of an earlier one of its name was no upload of its own so far. From now on it is,
-- unless it equals the newest: what comes back after something else is the state of today.
CREATE TABLE old_idempotency_keys AS SELECT * FROM idempotency_keys;
CREATE TABLE old_jobs AS SELECT * FROM jobs;
CREATE TABLE old_problems AS SELECT * FROM problems;
CREATE TABLE old_problem_counts AS SELECT * FROM problem_counts;
CREATE TABLE old_uploads AS SELECT * FROM uploads;

DROP TABLE idempotency_keys;
DROP TABLE jobs;
DROP TABLE problems;
DROP TABLE problem_counts;
DROP TABLE uploads;

CREATE TABLE uploads (
    id TEXT NOT NULL,
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    file_type TEXT NOT NULL,
    file_name TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    token TEXT,
    user_id TEXT,
    released_at BIGINT,
    state TEXT NOT NULL,
    state_at BIGINT,
    ledger_version BIGINT,
    rows_read BIGINT,
    rows_set_aside BIGINT,
    non_rows BIGINT,
    rows_replaced BIGINT,
    made_inactive BIGINT,
    active_before BIGINT,
    reason TEXT,
    removed_at BIGINT,
    CONSTRAINT uploads_pkey PRIMARY KEY (id),
    CONSTRAINT uploads_unit_fkey FOREIGN KEY (customer, unit) REFERENCES units (customer, name),
    CONSTRAINT uploads_token_fkey FOREIGN KEY (token) REFERENCES tokens (id),
    CONSTRAINT uploads_user_fkey FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT uploads_sender_check CHECK ((token IS NULL) <> (user_id IS NULL))
);

INSERT INTO uploads (id, customer, unit, file_type, file_name, bytes, sha256, received_at, token, user_id,
    released_at, state, state_at, ledger_version, rows_read, rows_set_aside, non_rows, rows_replaced,
    made_inactive, active_before, reason, removed_at)
SELECT id, customer, unit, file_type, file_name, bytes, sha256, received_at, token, user_id,
    released_at, state, state_at, ledger_version, rows_read, rows_set_aside, non_rows, rows_replaced,
    made_inactive, active_before, reason, removed_at FROM old_uploads;

CREATE INDEX uploads_newest_idx ON uploads (customer, unit, received_at, id);
-- Of one ledger in the order of receipt: is a newer one read, is an older one held.
CREATE INDEX uploads_ledger_idx ON uploads (customer, unit, file_type, state, received_at, id);
-- Under one name the newest first: what comes is the same again when it equals that one.
CREATE INDEX uploads_name_idx ON uploads (customer, unit, file_type, file_name, received_at, id);
CREATE INDEX uploads_kept_idx ON uploads (customer, received_at) WHERE removed_at IS NULL;

CREATE TABLE idempotency_keys (
    customer TEXT NOT NULL,
    key TEXT NOT NULL,
    unit TEXT NOT NULL,
    file_type TEXT NOT NULL,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    upload TEXT NOT NULL,
    used_at BIGINT NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (customer, key),
    CONSTRAINT idempotency_keys_upload_fkey FOREIGN KEY (upload) REFERENCES uploads (id)
);

INSERT INTO idempotency_keys (customer, key, unit, file_type, file_name, sha256, upload, used_at)
SELECT customer, key, unit, file_type, file_name, sha256, upload, used_at FROM old_idempotency_keys;

CREATE TABLE jobs (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    ledger TEXT NOT NULL,
    upload TEXT,
    run TEXT,
    received_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    run_after BIGINT NOT NULL,
    lease_until BIGINT,
    fence BIGINT,
    last_error TEXT,
    enqueued_at BIGINT NOT NULL,
    finished_at BIGINT,
    CONSTRAINT jobs_pkey PRIMARY KEY (id),
    CONSTRAINT jobs_upload_fkey FOREIGN KEY (upload) REFERENCES uploads (id),
    CONSTRAINT jobs_run_fkey FOREIGN KEY (run) REFERENCES runs (id),
    CONSTRAINT jobs_subject_check CHECK ((upload IS NULL) <> (run IS NULL))
);

INSERT INTO jobs (id, kind, customer, unit, ledger, upload, run, received_at, state, attempts,
    run_after, lease_until, fence, last_error, enqueued_at, finished_at)
SELECT id, kind, customer, unit, ledger, upload, run, received_at, state, attempts,
    run_after, lease_until, fence, last_error, enqueued_at, finished_at FROM old_jobs;

CREATE INDEX jobs_claim_idx ON jobs (state, run_after, id);
-- Of what is not over; the rest is history, which only grows.
CREATE INDEX jobs_turn_idx ON jobs (customer, unit, ledger, kind, received_at, upload)
    WHERE state IN ('waiting', 'running');

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

INSERT INTO problems (upload, ordinal, line, column_name, value, reason, level)
SELECT upload, ordinal, line, column_name, value, reason, level FROM old_problems;

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

INSERT INTO problem_counts (upload, ordinal, column_name, reason, level, problems)
SELECT upload, ordinal, column_name, reason, level, problems FROM old_problem_counts;

DROP TABLE old_idempotency_keys;
DROP TABLE old_jobs;
DROP TABLE old_problems;
DROP TABLE old_problem_counts;
DROP TABLE old_uploads;

-- When a worker last began something of the customer's; NULL: never.
ALTER TABLE customers ADD COLUMN served_at BIGINT;
