-- People who sign in. password_hash is Argon2id in PHC form; totp_secret is base 32, totp_step the last
-- one used. Nothing a browser or a link presents is kept, only its SHA-256.
CREATE TABLE users (
    id TEXT NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    password_set_at BIGINT NOT NULL,
    totp_secret TEXT,
    totp_step BIGINT,
    is_operator BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_email_key UNIQUE (email)
);

CREATE TABLE memberships (
    user_id TEXT NOT NULL,
    customer TEXT NOT NULL,
    role TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    CONSTRAINT memberships_pkey PRIMARY KEY (customer, user_id),
    CONSTRAINT memberships_user_fkey FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT memberships_customer_fkey FOREIGN KEY (customer) REFERENCES customers (name)
);

CREATE INDEX memberships_user_idx ON memberships (user_id);

CREATE TABLE sessions (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    ended_at BIGINT,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    CONSTRAINT sessions_pkey PRIMARY KEY (id),
    CONSTRAINT sessions_secret_hash_key UNIQUE (secret_hash),
    CONSTRAINT sessions_user_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE INDEX sessions_user_idx ON sessions (user_id, begun_at);

-- A link by which somebody becomes a user or a member. invited_by is NULL for the first of all.
CREATE TABLE invitations (
    id TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    customer TEXT NOT NULL,
    role TEXT NOT NULL,
    makes_operator BIGINT NOT NULL,
    invited_by TEXT,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    used_by TEXT,
    CONSTRAINT invitations_pkey PRIMARY KEY (id),
    CONSTRAINT invitations_secret_hash_key UNIQUE (secret_hash),
    CONSTRAINT invitations_customer_fkey FOREIGN KEY (customer) REFERENCES customers (name)
);

-- Failures to sign in, by account and by address.
CREATE TABLE sign_ins (
    subject TEXT NOT NULL,
    failures BIGINT NOT NULL,
    failed_at BIGINT NOT NULL,
    locked_until BIGINT,
    CONSTRAINT sign_ins_pkey PRIMARY KEY (subject)
);

CREATE INDEX sign_ins_failed_idx ON sign_ins (failed_at);

-- Only ever added to. body is the text that is hashed; the columns before it are of the same and there to
-- filter by.
CREATE TABLE audit_log (
    sequence BIGINT NOT NULL,
    at BIGINT NOT NULL,
    customer TEXT,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    about TEXT NOT NULL,
    body TEXT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT audit_log_pkey PRIMARY KEY (sequence)
);

CREATE INDEX audit_log_customer_idx ON audit_log (customer, sequence);

-- The end of the chain, in one row: whoever adds an entry locks it first.
CREATE TABLE audit_end (
    id BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT audit_end_pkey PRIMARY KEY (id)
);

INSERT INTO audit_end (id, sequence, hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

-- A filter of findings that a user keeps; query is that of the URL.
CREATE TABLE saved_views (
    id TEXT NOT NULL,
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    CONSTRAINT saved_views_pkey PRIMARY KEY (id),
    CONSTRAINT saved_views_name_key UNIQUE (customer, unit, user_id, name),
    CONSTRAINT saved_views_user_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);

-- What a page of 100,000 findings shows beside the list, from the index alone: rows hold whole findings.
CREATE INDEX findings_kinds_idx ON findings (customer, unit, check_name, kind);
CREATE INDEX findings_total_idx
    ON findings (customer, unit, state, suppressed, gone_at, currency, at_risk);
CREATE INDEX findings_amount_idx
    ON findings (customer, unit, (COALESCE(at_risk, -9223372036854775807)), probability, key);
