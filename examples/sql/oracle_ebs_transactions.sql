-- Oracle E-Business Suite: invoices of the last two years with what was paid on them.
SELECT i.invoice_id AS "Unique ID",
       i.invoice_num AS "Invoice Number",
       i.invoice_amount AS "Invoice Amount",
       i.invoice_currency_code AS "Invoice Amount Currency",
       COALESCE(i.base_amount, i.invoice_amount) AS "Base Amount",
       i.description AS "Description",
       TO_CHAR(i.invoice_date, 'YYYY-MM-DD') AS "Invoice Date",
       TO_CHAR(i.invoice_received_date, 'YYYY-MM-DD') AS "Received Date",
       TO_CHAR(i.creation_date, 'YYYY-MM-DD') AS "Entered Date",
       TO_CHAR(p.paid_on, 'YYYY-MM-DD') AS "Paid Date",
       i.payment_method_code AS "Payment Type",
       v.segment1 AS "Supplier Ref",
       v.vendor_name AS "Supplier Name"
FROM ap_invoices_all i
JOIN ap_suppliers v ON v.vendor_id = i.vendor_id
LEFT JOIN (
    SELECT invoice_id, MAX(accounting_date) AS paid_on
    FROM ap_invoice_payments_all
    WHERE NVL(reversal_flag, 'N') = 'N'
    GROUP BY invoice_id
) p ON p.invoice_id = i.invoice_id
WHERE i.cancelled_date IS NULL
  AND i.invoice_date >= ADD_MONTHS(TRUNC(SYSDATE), -24)
