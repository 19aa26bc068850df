-- Files that people put beside findings; the bytes are objects, as those of uploads are.
CREATE TABLE attachments (
    id TEXT NOT NULL,
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    finding TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    added_by TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    removed_at BIGINT,
    CONSTRAINT attachments_pkey PRIMARY KEY (id),
    CONSTRAINT attachments_finding_fkey FOREIGN KEY (customer, unit, finding)
        REFERENCES findings (customer, unit, key)
);

CREATE INDEX attachments_finding_idx ON attachments (customer, unit, finding, id);
