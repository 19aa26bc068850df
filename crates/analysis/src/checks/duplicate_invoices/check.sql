-- One row an invoice, where the extract has no lines: the columns of rolled_up.sql. Which invoices are
-- compared, and what becomes of every two, are Rust (`evidence::duplicates`).
SELECT
    unique_id AS id, invoice_number, supplier_ref, supplier_name, base_amount, invoice_amount,
    invoice_amount_currency AS currency, invoice_date, entered_date, paid_date, user_id, org_group_ref,
    po_number, payment_type, description
FROM transactions
WHERE status IS NULL OR NOT (lower(status) LIKE '%cancel%' OR lower(status) LIKE '%void%' OR lower(status) LIKE '%reject%')
