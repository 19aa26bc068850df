-- One row a supplier, against the base rate of the ledger.
WITH billed AS (
    SELECT supplier_ref, supplier_name, unique_id, invoice_amount, base_amount, base_amount_currency,
        CASE WHEN invoice_amount % 1000 = 0 THEN 1 ELSE 0 END AS round_one
    FROM transactions WHERE invoice_amount > 0 AND supplier_ref IS NOT NULL
),
ledger AS (SELECT avg(CAST(round_one AS DOUBLE)) AS usual FROM billed)
SELECT
    concat(CAST(sum(round_one) AS VARCHAR), ' of ', CAST(count(*) AS VARCHAR), ' invoices of ', min(supplier_name), ' (', supplier_ref, ') are whole thousands') AS title,
    sum(base_amount) AS at_risk,
    min(base_amount_currency) AS currency,
    make_array(supplier_ref) AS suppliers,
    array_sort(array_agg(unique_id)) AS transactions,
    supplier_ref AS pattern,
    supplier_ref AS known_by,
    make_array('invoice_amount') AS fields,
    make_array(concat('of ', CAST(count(DISTINCT invoice_amount) AS VARCHAR), ' different amounts; of the whole ledger ', CAST(round(100 * min(usual), 1) AS VARCHAR), '% are')) AS words,
    make_array(4.0) AS bits
FROM billed CROSS JOIN ledger
GROUP BY supplier_ref
HAVING count(*) >= {count} AND sum(round_one) >= {share} * count(*) AND count(DISTINCT invoice_amount) >= {amounts} AND min(usual) <= {usual}
