-- Runs of payments as they were checked, one row an upload: notes is a JSON list of sentences.
CREATE TABLE payment_runs (
    upload TEXT NOT NULL,
    checked_at BIGINT NOT NULL,
    notes TEXT NOT NULL,
    CONSTRAINT payment_runs_pkey PRIMARY KEY (upload),
    CONSTRAINT payment_runs_upload_fkey FOREIGN KEY (upload) REFERENCES uploads (id)
);

-- The payments of a run, by the lines of its file. doubts is how many, gravest the place of the gravest among all kinds,
-- body the payment as JSON; decision is release or hold, NULL while nobody has decided.
CREATE TABLE payments (
    upload TEXT NOT NULL,
    line BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT,
    doubts BIGINT NOT NULL,
    gravest BIGINT,
    body TEXT NOT NULL,
    decision TEXT,
    because TEXT,
    decided_by TEXT,
    decided_at BIGINT,
    CONSTRAINT payments_pkey PRIMARY KEY (upload, line),
    CONSTRAINT payments_upload_fkey FOREIGN KEY (upload) REFERENCES uploads (id)
);

CREATE INDEX payments_doubts_idx ON payments (upload, gravest, line) WHERE doubts > 0;
