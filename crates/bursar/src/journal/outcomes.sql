-- What the server made of a file after its receipt, where a job wants to hear of it.
CREATE TABLE outcome (
    entry INTEGER PRIMARY KEY REFERENCES entry (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('awaited', 'held', 'read', 'refused', 'unheard')),
    rows_set_aside INTEGER NOT NULL DEFAULT 0,
    changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX outcome_state ON outcome (state, entry);
PRAGMA user_version = 3;
