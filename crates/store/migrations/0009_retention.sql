-- For how many days received files are kept; NULL: for ever.
ALTER TABLE customers ADD COLUMN files_kept_days BIGINT;

-- When the file of an upload was removed because its time was over; the row stays, and answers repeats.
ALTER TABLE uploads ADD COLUMN removed_at BIGINT;

CREATE INDEX uploads_kept_idx ON uploads (customer, received_at) WHERE removed_at IS NULL;
