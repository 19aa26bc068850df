-- Sums are made anew after each change: what is somebody's, and what nobody has opened, without the bodies of all
-- findings that stand between their columns.
CREATE INDEX findings_assigned_idx ON findings (customer, unit, assignee, gone_at, suppressed, state, recovery_stage,
    recovered, first_seen) WHERE assignee IS NOT NULL;
CREATE INDEX findings_unopened_idx ON findings (customer, unit, opened_at, gone_at, suppressed, state)
    WHERE opened_at IS NULL;
