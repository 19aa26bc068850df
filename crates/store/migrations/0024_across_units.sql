-- The newest comparison of a customer's units with one another, one row a customer. state is waiting, running, done or
-- failed; units and findings are JSON. A lease that has lapsed lets somebody else begin it anew.
CREATE TABLE across_runs (
    customer TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    asked_by TEXT NOT NULL,
    state TEXT NOT NULL,
    began_at BIGINT,
    lease_until BIGINT,
    fence BIGINT,
    ended_at BIGINT,
    why TEXT,
    units TEXT,
    findings TEXT,
    CONSTRAINT across_runs_pkey PRIMARY KEY (customer),
    CONSTRAINT across_runs_customer_fkey FOREIGN KEY (customer) REFERENCES customers (name)
);
