-- Gaps between the days on which a supplier bills; a partition is a supplier.
WITH days AS (
    SELECT supplier_ref, invoice_date, min(supplier_name) AS name, min(unique_id) AS id, sum(base_amount) AS amount,
        min(base_amount_currency) AS currency
    FROM transactions WHERE supplier_ref IS NOT NULL AND invoice_date IS NOT NULL
    GROUP BY supplier_ref, invoice_date
),
gaps AS (
    SELECT *, lag(invoice_date) OVER (PARTITION BY supplier_ref ORDER BY invoice_date) AS earlier,
        row_number() OVER (PARTITION BY supplier_ref ORDER BY invoice_date) AS nth
    FROM days
),
sized AS (SELECT *, invoice_date - earlier AS gap FROM gaps WHERE earlier IS NOT NULL),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY supplier_ref ORDER BY gap DESC, invoice_date) AS rank,
        lead(gap) OVER (PARTITION BY supplier_ref ORDER BY gap DESC, invoice_date) AS next_gap
    FROM sized
)
SELECT
    concat(name, ' (', supplier_ref, ') billed on ', CAST(invoice_date AS VARCHAR), ' after ', CAST(gap AS VARCHAR), ' days without an invoice') AS title,
    0.35 AS probability,
    amount AS at_risk,
    currency,
    make_array(supplier_ref) AS suppliers,
    make_array(id) AS transactions,
    supplier_ref AS pattern,
    make_array('invoice_date') AS fields,
    make_array(concat('the invoice before is of ', CAST(earlier AS VARCHAR), coalesce(concat('; the next longest gap of this supplier is ', CAST(next_gap AS VARCHAR), ' days'), ''))) AS words,
    make_array(3.0) AS bits
FROM ranked
WHERE rank = 1 AND gap > {days} AND nth > {before} - 1 AND coalesce(next_gap, 0) <= gap * {other}
