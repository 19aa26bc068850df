-- Every invoice. Which rows are lines of one (`run::invoices::lines`), which invoices are compared, and what
-- becomes of every two (`evidence::duplicates`), are Rust.
-- Invoices in another currency that came without a base amount are compared by their own.
SELECT
    unique_id AS id, invoice_number, supplier_ref, supplier_name, coalesce(base_amount, invoice_amount) AS base_amount, invoice_amount,
    invoice_amount_currency AS currency, invoice_date, entered_date,
    coalesce(paid_date, payment_cleared_date) AS paid_date, user_id, org_group_ref,
    po_number, payment_type, description, _upload AS upload,
    paid_date IS NOT NULL OR payment_cleared_date IS NOT NULL AS is_paid, true AS is_posted
FROM transactions
UNION ALL
-- Invoices that wait in the workflow are held against those of the ledger, and against one another.
SELECT
    unique_id, invoice_number, supplier_ref, supplier_name, coalesce(base_amount, invoice_amount), invoice_amount,
    invoice_amount_currency, invoice_date, coalesce(entered_date, received_date),
    CAST(NULL AS DATE), user_id, org_group_ref,
    po_number, payment_type, description, _upload,
    false, false
FROM unposted_invoices
WHERE workflow_state(status, posted_as) = 'open'
