-- The earliest due date of invoices of a finding that are not paid, where the payment can be stopped: by it a queue
-- is ordered. Findings of before get theirs from the next run on.
ALTER TABLE findings ADD COLUMN payment_due BIGINT;
