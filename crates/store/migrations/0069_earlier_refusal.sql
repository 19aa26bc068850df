-- Why and when a file was refused that was read again since: its history still says it. NULL: it never was, or was so
-- before this was kept.
ALTER TABLE uploads ADD COLUMN refused_before TEXT;
ALTER TABLE uploads ADD COLUMN refused_before_at BIGINT;
