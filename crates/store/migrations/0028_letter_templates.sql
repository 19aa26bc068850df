-- The letter by which a customer asks suppliers for money; without a row as this program has it.
CREATE TABLE letter_templates (
    customer TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    set_by TEXT NOT NULL,
    set_at BIGINT NOT NULL,
    CONSTRAINT letter_templates_pkey PRIMARY KEY (customer),
    CONSTRAINT letter_templates_customer_fkey FOREIGN KEY (customer) REFERENCES customers (name)
);
