-- The amount at risk from which a verdict takes a reason, whatever it is; so does every verdict on a finding that
-- names no money. NULL: only verdicts that say a finding is innocent, or that somebody was asked.
ALTER TABLE customers ADD COLUMN reason_from BIGINT;
