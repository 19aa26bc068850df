-- Which statements have credits that were not taken, what each lists (open_items, movements) and up to which day, counted
-- from 1970-01-01: by these it is told which statement is the last word of its supplier.
ALTER TABLE statements ADD COLUMN has_credits BIGINT NOT NULL DEFAULT 0;
ALTER TABLE statements ADD COLUMN listing TEXT NOT NULL DEFAULT 'open_items';
ALTER TABLE statements ADD COLUMN last_day BIGINT NOT NULL DEFAULT 0;

-- Those of before: the day on which they were sent stands for that of their last line.
UPDATE statements SET last_day = sent_at / 86400000000;
UPDATE statements SET has_credits = 1 WHERE body LIKE '%"state":"credit_not_taken"%';
