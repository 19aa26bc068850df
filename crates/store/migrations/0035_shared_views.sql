-- A view that its user shares with everybody of the unit; 0: it is theirs alone.
ALTER TABLE saved_views ADD COLUMN is_shared BIGINT NOT NULL DEFAULT 0;
