-- Reasons that verdicts of a customer may name: state is the verdict, folded the code by which two are told
-- apart. They are retired and never removed, as decisions name them; retired_at is NULL while verdicts may.
CREATE TABLE reason_codes (
    customer TEXT NOT NULL,
    folded TEXT NOT NULL,
    code TEXT NOT NULL,
    words TEXT NOT NULL,
    state TEXT NOT NULL,
    added_by TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    retired_by TEXT,
    retired_at BIGINT,
    CONSTRAINT reason_codes_pkey PRIMARY KEY (customer, folded),
    CONSTRAINT reason_codes_customer_fkey FOREIGN KEY (customer) REFERENCES customers (name)
);

-- The code that the verdict names; NULL: none. The history has it in its standings.
ALTER TABLE findings ADD COLUMN reason_code TEXT;
