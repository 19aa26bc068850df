-- What people and webhooks are told of, and each telling on its way. Jobs have been about an upload or a run
-- so far; from now on also about one delivery.

-- Addresses that an administrator has events posted to; unit is NULL for those of all units. kinds and body
-- are JSON, above is in ten-thousandths.
CREATE TABLE webhooks (
    id TEXT NOT NULL,
    customer TEXT NOT NULL,
    unit TEXT,
    url TEXT NOT NULL,
    secret TEXT NOT NULL,
    body TEXT NOT NULL,
    kinds TEXT NOT NULL,
    above BIGINT,
    off_why TEXT,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    CONSTRAINT webhooks_pkey PRIMARY KEY (id),
    CONSTRAINT webhooks_customer_fkey FOREIGN KEY (customer) REFERENCES customers (name)
);

-- When a person is told of what, JSON; without a row as it is usual for their role.
CREATE TABLE notification_settings (
    customer TEXT NOT NULL,
    person TEXT NOT NULL,
    settings TEXT NOT NULL,
    set_at BIGINT NOT NULL,
    CONSTRAINT notification_settings_pkey PRIMARY KEY (customer, person),
    CONSTRAINT notification_settings_customer_fkey FOREIGN KEY (customer) REFERENCES customers (name)
);

-- Events, written in the transaction of what they speak of. once is what keeps one from being written twice;
-- person is whom it is for, NULL for all who want to know of its kind. told_at: its deliveries are there.
CREATE TABLE notifications (
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    once TEXT NOT NULL,
    event TEXT NOT NULL,
    person TEXT,
    happened_at BIGINT NOT NULL,
    told_at BIGINT,
    CONSTRAINT notifications_pkey PRIMARY KEY (customer, unit, once),
    CONSTRAINT notifications_unit_fkey FOREIGN KEY (customer, unit) REFERENCES units (customer, name)
);

CREATE INDEX notifications_untold_idx ON notifications (happened_at) WHERE told_at IS NULL;
CREATE INDEX notifications_person_idx ON notifications (customer, person, happened_at) WHERE person IS NOT NULL;

-- One event, or several of a day, on the way to a webhook or a person. state is waiting, daily (it waits for
-- the letter of the day), sent or failed; taken_by is the delivery of the day that a daily one went with.
-- event is JSON; NULL for a trial, and for the letter of a day.
CREATE TABLE deliveries (
    id TEXT NOT NULL,
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    webhook TEXT,
    person TEXT,
    event TEXT,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    tried_at BIGINT,
    status BIGINT,
    why TEXT,
    taken_by TEXT,
    CONSTRAINT deliveries_pkey PRIMARY KEY (id),
    CONSTRAINT deliveries_unit_fkey FOREIGN KEY (customer, unit) REFERENCES units (customer, name),
    CONSTRAINT deliveries_webhook_fkey FOREIGN KEY (webhook) REFERENCES webhooks (id),
    CONSTRAINT deliveries_target_check CHECK ((webhook IS NULL) <> (person IS NULL))
);

CREATE INDEX deliveries_log_idx ON deliveries (customer, made_at, id);
CREATE INDEX deliveries_webhook_idx ON deliveries (webhook, made_at, id);
CREATE INDEX deliveries_daily_idx ON deliveries (customer, person) WHERE state = 'daily';
CREATE INDEX deliveries_taken_idx ON deliveries (taken_by) WHERE taken_by IS NOT NULL;

CREATE TABLE old_jobs AS SELECT * FROM jobs;

DROP TABLE jobs;

CREATE TABLE jobs (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    ledger TEXT NOT NULL,
    upload TEXT,
    run TEXT,
    delivery TEXT,
    received_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    run_after BIGINT NOT NULL,
    lease_until BIGINT,
    fence BIGINT,
    last_error TEXT,
    enqueued_at BIGINT NOT NULL,
    finished_at BIGINT,
    CONSTRAINT jobs_pkey PRIMARY KEY (id),
    CONSTRAINT jobs_upload_fkey FOREIGN KEY (upload) REFERENCES uploads (id),
    CONSTRAINT jobs_run_fkey FOREIGN KEY (run) REFERENCES runs (id),
    CONSTRAINT jobs_delivery_fkey FOREIGN KEY (delivery) REFERENCES deliveries (id),
    CONSTRAINT jobs_subject_check CHECK (
        (CASE WHEN upload IS NULL THEN 0 ELSE 1 END) + (CASE WHEN run IS NULL THEN 0 ELSE 1 END)
        + (CASE WHEN delivery IS NULL THEN 0 ELSE 1 END) = 1)
);

INSERT INTO jobs (id, kind, customer, unit, ledger, upload, run, received_at, state, attempts,
    run_after, lease_until, fence, last_error, enqueued_at, finished_at)
SELECT id, kind, customer, unit, ledger, upload, run, received_at, state, attempts,
    run_after, lease_until, fence, last_error, enqueued_at, finished_at FROM old_jobs;

DROP TABLE old_jobs;

CREATE INDEX jobs_claim_idx ON jobs (state, run_after, id);
-- Of what is not over; the rest is history, which only grows.
CREATE INDEX jobs_turn_idx ON jobs (customer, unit, ledger, kind, received_at, upload)
    WHERE state IN ('waiting', 'running');
CREATE INDEX jobs_delivery_idx ON jobs (delivery) WHERE delivery IS NOT NULL;
