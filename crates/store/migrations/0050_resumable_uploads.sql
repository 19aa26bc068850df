-- Files on their way in several requests, until they are whole. received: bytes that are safe, as they were sent.
-- length NULL: the sender has not said it. coding: how the bytes are packed; sha256 is of the unpacked file, wire_sha256
-- of the bytes as sent. upload: the upload it became, kept until it expires so that a lost receipt can be had again;
-- its parts are gone then. token: of who began it.
CREATE TABLE resumable_uploads (
    id TEXT NOT NULL,
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    token TEXT NOT NULL,
    file_type TEXT NOT NULL,
    file_name TEXT NOT NULL,
    coding TEXT NOT NULL,
    sha256 TEXT,
    wire_sha256 TEXT,
    idempotency_key TEXT,
    length BIGINT,
    received BIGINT NOT NULL,
    parts BIGINT NOT NULL,
    begun_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    upload TEXT,
    CONSTRAINT resumable_uploads_pkey PRIMARY KEY (id),
    CONSTRAINT resumable_uploads_unit_fkey FOREIGN KEY (customer, unit) REFERENCES units (customer, name),
    CONSTRAINT resumable_uploads_token_fkey FOREIGN KEY (token) REFERENCES tokens (id)
);

CREATE INDEX resumable_uploads_key_idx ON resumable_uploads (customer, idempotency_key);
CREATE INDEX resumable_uploads_end_idx ON resumable_uploads (expires_at);

-- The bytes of one, in the order of begins_at; each part is an object of that id.
CREATE TABLE resumable_parts (
    id TEXT NOT NULL,
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    resumable TEXT NOT NULL,
    begins_at BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    CONSTRAINT resumable_parts_pkey PRIMARY KEY (id),
    CONSTRAINT resumable_parts_place_key UNIQUE (resumable, begins_at),
    CONSTRAINT resumable_parts_resumable_fkey FOREIGN KEY (resumable) REFERENCES resumable_uploads (id)
);
