CREATE TABLE entry (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    server TEXT NOT NULL,
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    file_type TEXT NOT NULL,
    own_name TEXT NOT NULL,
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    config TEXT,
    profile TEXT,
    job TEXT,
    idempotency_key TEXT NOT NULL UNIQUE,
    path TEXT NOT NULL,
    is_spooled INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    modified INTEGER,
    device INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    sha256 TEXT,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'received', 'failed', 'dropped')),
    holder TEXT,
    lease_until INTEGER,
    tries INTEGER NOT NULL DEFAULT 0,
    status INTEGER,
    exit_code INTEGER,
    what TEXT,
    next TEXT,
    receipt TEXT,
    added_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    CHECK ((state = 'sending') = (holder IS NOT NULL AND lease_until IS NOT NULL))
) STRICT;
CREATE INDEX entry_namesakes ON entry (server, customer, unit, file_type, own_name, bytes);
CREATE INDEX entry_state ON entry (state, id);
CREATE INDEX entry_job ON entry (job, state, id);
CREATE TABLE job_run (
    job TEXT PRIMARY KEY,
    ran_at INTEGER NOT NULL
) STRICT;
PRAGMA user_version = 1;
