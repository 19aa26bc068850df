-- What can be done about a finding, and its place in the queue: the greater lane_rank stands first. billed is what
-- its rows come to where that is no loss; counted is its money at risk as totals count it, each row once, NULL where
-- another finding counts it. by_evidence is the probability by evidence alone, in millionths, NULL where none is
-- measured; probability is -1 where there is none at all. Findings of before get theirs from the next run on, and
-- until then the lane that their check has.
ALTER TABLE findings ADD COLUMN lane TEXT NOT NULL DEFAULT 'look_into';
ALTER TABLE findings ADD COLUMN lane_rank BIGINT NOT NULL DEFAULT 1;
ALTER TABLE findings ADD COLUMN pattern TEXT;
ALTER TABLE findings ADD COLUMN billed BIGINT;
ALTER TABLE findings ADD COLUMN counted BIGINT;
ALTER TABLE findings ADD COLUMN by_evidence BIGINT;

UPDATE findings SET lane = 'recover', lane_rank = 3, counted = at_risk, by_evidence = probability
    WHERE check_name = 'duplicate_invoices';
UPDATE findings SET lane = 'fraud_signs', lane_rank = 2 WHERE check_name IN ('shared_bank_account',
    'employee_is_supplier', 'look_alike_suppliers', 'bank_changed_then_paid', 'foreign_bank_account',
    'created_and_paid', 'dormant_then_paid');

DROP INDEX findings_queue_idx;
CREATE INDEX findings_queue_idx ON findings (customer, unit, lane_rank, score, key);

DROP INDEX findings_sums_idx;
CREATE INDEX findings_sums_idx ON findings (customer, unit, gone_at, suppressed, state, check_name, currency,
    counted, recovered, first_run, first_seen, lane);
