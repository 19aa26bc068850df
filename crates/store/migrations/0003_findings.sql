-- NULL: uploader.
ALTER TABLE tokens ADD COLUMN role TEXT;

-- asked_by is NULL when an upload that was read asked. done is in millionths; versions is JSON. What the
-- state does not ask for is NULL.
CREATE TABLE runs (
    id TEXT NOT NULL,
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    asked_by TEXT,
    state TEXT NOT NULL,
    began_at BIGINT,
    ended_at BIGINT,
    done BIGINT,
    doing TEXT,
    why TEXT,
    versions TEXT,
    findings BIGINT,
    new_findings BIGINT,
    suppressed BIGINT,
    gone BIGINT,
    not_kept BIGINT,
    CONSTRAINT runs_pkey PRIMARY KEY (id),
    CONSTRAINT runs_unit_fkey FOREIGN KEY (customer, unit) REFERENCES units (customer, name)
);

CREATE INDEX runs_newest_idx ON runs (customer, unit, asked_at, id);

-- What each check did; report is JSON.
CREATE TABLE run_reports (
    run TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    report TEXT NOT NULL,
    CONSTRAINT run_reports_pkey PRIMARY KEY (run, ordinal),
    CONSTRAINT run_reports_run_fkey FOREIGN KEY (run) REFERENCES runs (id)
);

-- Jobs have been about one upload so far. From now on one is about an upload or about a run, and ledger
-- says whose turn it is among: a file type, or 'all' for what looks at all ledgers of the unit.
CREATE TABLE old_jobs AS SELECT * FROM jobs;

DROP TABLE jobs;

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

INSERT INTO jobs (id, kind, customer, unit, ledger, upload, received_at, state, attempts, run_after,
    lease_until, fence, last_error, enqueued_at, finished_at)
SELECT id, kind, customer, unit, file_type, upload, received_at, state, attempts, run_after,
    lease_until, fence, last_error, enqueued_at, finished_at FROM old_jobs;

DROP TABLE old_jobs;

CREATE INDEX jobs_claim_idx ON jobs (state, run_after, id);

-- Of what is not over; the rest is history, which only grows.
CREATE INDEX jobs_turn_idx ON jobs (customer, unit, ledger, kind, received_at, upload)
    WHERE state IN ('waiting', 'running');

-- body is the finding as its check says it, JSON; the columns before it are of the same and there to
-- filter and sort. probability is in millionths, amounts in ten-thousandths, score is their product in
-- ten-thousandths. From state on it is what people decided, which no run touches.
CREATE TABLE findings (
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    key TEXT NOT NULL,
    check_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    probability BIGINT NOT NULL,
    at_risk BIGINT,
    currency TEXT,
    score BIGINT NOT NULL,
    suppressed TEXT,
    suppressed_words TEXT,
    search_words TEXT NOT NULL,
    body TEXT NOT NULL,
    first_run TEXT NOT NULL,
    last_run TEXT NOT NULL,
    first_seen BIGINT NOT NULL,
    gone_at BIGINT,
    state TEXT NOT NULL,
    because TEXT,
    recovered BIGINT,
    assignee TEXT,
    CONSTRAINT findings_pkey PRIMARY KEY (customer, unit, key),
    CONSTRAINT findings_first_run_fkey FOREIGN KEY (first_run) REFERENCES runs (id),
    CONSTRAINT findings_last_run_fkey FOREIGN KEY (last_run) REFERENCES runs (id)
);

CREATE INDEX findings_queue_idx ON findings (customer, unit, score, probability, key);

-- before and after are what people had decided, JSON; finding is the body as it was at a verdict.
CREATE TABLE finding_history (
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    key TEXT NOT NULL,
    entry BIGINT NOT NULL,
    at BIGINT NOT NULL,
    by_whom TEXT NOT NULL,
    what TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    words TEXT,
    undoes BIGINT,
    finding TEXT,
    CONSTRAINT finding_history_pkey PRIMARY KEY (customer, unit, key, entry),
    CONSTRAINT finding_history_finding_fkey FOREIGN KEY (customer, unit, key)
        REFERENCES findings (customer, unit, key)
);

-- What later runs know of verdicts; scope is JSON. entry is the verdict's in the history of its finding,
-- ended_entry that of what ended it.
CREATE TABLE verdicts (
    id TEXT NOT NULL,
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    finding TEXT NOT NULL,
    entry BIGINT NOT NULL,
    scope TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    at BIGINT NOT NULL,
    until BIGINT,
    because TEXT NOT NULL,
    ended_at BIGINT,
    ended_by TEXT,
    ended_entry BIGINT,
    CONSTRAINT verdicts_pkey PRIMARY KEY (id),
    CONSTRAINT verdicts_finding_fkey FOREIGN KEY (customer, unit, finding)
        REFERENCES findings (customer, unit, key)
);

CREATE INDEX verdicts_unit_idx ON verdicts (customer, unit, at, id);
