-- When somebody opened a finding first; NULL: nobody has. What somebody did something about was opened before.
ALTER TABLE findings ADD COLUMN opened_at BIGINT;
UPDATE findings SET opened_at = first_seen WHERE last_entry > 0;
