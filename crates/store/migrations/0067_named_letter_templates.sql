-- Letter templates of a customer beside the one of letter_templates, which all other letters are written from:
-- folded is the name by which two are told apart, purpose the letters that take it unless somebody chooses.
CREATE TABLE named_letter_templates (
    customer TEXT NOT NULL,
    folded TEXT NOT NULL,
    name TEXT NOT NULL,
    purpose TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    set_by TEXT NOT NULL,
    set_at BIGINT NOT NULL,
    CONSTRAINT named_letter_templates_pkey PRIMARY KEY (customer, folded),
    CONSTRAINT named_letter_templates_customer_fkey FOREIGN KEY (customer) REFERENCES customers (name)
);
