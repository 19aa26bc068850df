-- What waits to be decided, in the order of the queue: what stands before and after a finding is found without
-- passing over all that is decided or suppressed.
CREATE INDEX findings_waiting_idx ON findings (customer, unit, state, score, probability, key)
    WHERE suppressed IS NULL AND gone_at IS NULL;
