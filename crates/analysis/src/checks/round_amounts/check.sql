-- One row a supplier, against the base rate of the ledger. Invoices are listed for the few that are left:
-- lists of all would be the whole ledger.
WITH billed AS (
    SELECT supplier_ref AS ref, count(*) AS invoices, sum(CASE WHEN invoice_amount % 1000 = 0 THEN 1 ELSE 0 END) AS round_ones
    FROM transactions WHERE invoice_amount > 0 AND supplier_ref IS NOT NULL
    GROUP BY supplier_ref
),
ledger AS (SELECT CAST(sum(round_ones) AS DOUBLE) / sum(invoices) AS usual FROM billed),
rounded AS (
    SELECT ref, invoices, round_ones, usual FROM billed CROSS JOIN ledger
    WHERE invoices >= {count} AND round_ones >= {share} * invoices AND usual <= {usual}
)
SELECT
    concat(CAST(min(round_ones) AS VARCHAR), ' of ', CAST(count(*) AS VARCHAR), ' invoices of ', party(min(supplier_name), supplier_ref), ' are whole thousands') AS title,
    sum(base_amount) AS at_risk,
    min(base_amount_currency) AS currency,
    make_array(supplier_ref) AS suppliers,
    array_sort(array_agg(unique_id)) AS transactions,
    supplier_ref AS pattern,
    supplier_ref AS known_by,
    make_array('invoice_amount') AS fields,
    make_array(concat('the whole thousands are of ', CAST(count(DISTINCT CASE WHEN invoice_amount % 1000 = 0 THEN invoice_amount END) AS VARCHAR),
        ' different amounts; of all invoices of the ledger ', CAST(round(100 * min(usual), 1) AS VARCHAR), '% are whole thousands')) AS words,
    make_array(4.0) AS bits
FROM rounded JOIN transactions ON supplier_ref = ref
WHERE invoice_amount > 0
GROUP BY supplier_ref
HAVING count(DISTINCT CASE WHEN invoice_amount % 1000 = 0 THEN invoice_amount END) >= {amounts}
