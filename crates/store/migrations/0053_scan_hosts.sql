-- Hosts that scans of papers are taken from, as an admin has listed them: hosts is a JSON list of names.
CREATE TABLE scan_hosts (
    customer TEXT NOT NULL,
    hosts TEXT NOT NULL,
    set_by TEXT NOT NULL,
    set_at BIGINT NOT NULL,
    CONSTRAINT scan_hosts_pkey PRIMARY KEY (customer),
    CONSTRAINT scan_hosts_customer_fkey FOREIGN KEY (customer) REFERENCES customers (name)
);
