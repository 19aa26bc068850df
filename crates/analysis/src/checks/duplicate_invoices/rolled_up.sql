-- One row an invoice: {document} is what its lines share beside supplier and number.
SELECT
    min(unique_id) AS id,
    invoice_number,
    supplier_ref,
    min(supplier_name) AS supplier_name,
    sum(base_amount) AS base_amount,
    sum(invoice_amount) AS invoice_amount,
    min(invoice_amount_currency) AS currency,
    min(invoice_date) AS invoice_date,
    min(entered_date) AS entered_date,
    min(paid_date) AS paid_date,
    min(user_id) AS user_id,
    min(org_group_ref) AS org_group_ref,
    min(po_number) AS po_number,
    min(payment_type) AS payment_type,
    min(description) AS description
FROM transactions
WHERE status IS NULL OR NOT (lower(status) LIKE '%cancel%' OR lower(status) LIKE '%void%' OR lower(status) LIKE '%reject%')
GROUP BY supplier_ref, invoice_number, {document}
