-- Only TEXT and BIGINT: both databases read them alike. Times are microseconds since 1970.

CREATE TABLE customers (
    name TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    CONSTRAINT customers_pkey PRIMARY KEY (name)
);

CREATE TABLE units (
    customer TEXT NOT NULL,
    name TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    CONSTRAINT units_pkey PRIMARY KEY (customer, name),
    CONSTRAINT units_customer_fkey FOREIGN KEY (customer) REFERENCES customers (name)
);

-- Keys are base64 of their DER.
CREATE TABLE signing_keys (
    kid TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    public_key TEXT NOT NULL,
    private_key TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT,
    CONSTRAINT signing_keys_pkey PRIMARY KEY (kid)
);

-- What a token claims; the token itself is never kept. units and types are JSON lists; NULL: all.
CREATE TABLE tokens (
    id TEXT NOT NULL,
    customer TEXT NOT NULL,
    label TEXT NOT NULL,
    units TEXT,
    types TEXT,
    kid TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    last_used_at BIGINT,
    CONSTRAINT tokens_pkey PRIMARY KEY (id),
    CONSTRAINT tokens_customer_fkey FOREIGN KEY (customer) REFERENCES customers (name),
    CONSTRAINT tokens_kid_fkey FOREIGN KEY (kid) REFERENCES signing_keys (kid)
);

CREATE INDEX tokens_customer_idx ON tokens (customer, issued_at);

-- state_at, rows_read, rows_set_aside and reason are set as the state asks for them.
CREATE TABLE uploads (
    id TEXT NOT NULL,
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    file_type TEXT NOT NULL,
    file_name TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    token TEXT NOT NULL,
    state TEXT NOT NULL,
    state_at BIGINT,
    rows_read BIGINT,
    rows_set_aside BIGINT,
    reason TEXT,
    CONSTRAINT uploads_pkey PRIMARY KEY (id),
    CONSTRAINT uploads_same_file_key UNIQUE (customer, unit, file_type, file_name, sha256),
    CONSTRAINT uploads_unit_fkey FOREIGN KEY (customer, unit) REFERENCES units (customer, name),
    CONSTRAINT uploads_token_fkey FOREIGN KEY (token) REFERENCES tokens (id)
);

CREATE INDEX uploads_newest_idx ON uploads (customer, unit, received_at, id);

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

-- A lease is held by whoever knows the fence; it lapses at lease_until.
CREATE TABLE jobs (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    upload TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    run_after BIGINT NOT NULL,
    lease_until BIGINT,
    fence BIGINT,
    last_error TEXT,
    enqueued_at BIGINT NOT NULL,
    finished_at BIGINT,
    CONSTRAINT jobs_pkey PRIMARY KEY (id),
    CONSTRAINT jobs_upload_fkey FOREIGN KEY (upload) REFERENCES uploads (id)
);

CREATE INDEX jobs_claim_idx ON jobs (state, run_after, id);
