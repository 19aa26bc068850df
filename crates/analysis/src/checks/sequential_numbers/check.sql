-- The digits of a number, where they are few enough to be a count. Invoices are listed for the few suppliers
-- that are left: lists of all would be the whole ledger.
WITH counted AS (
    SELECT supplier_ref, invoice_date, base_amount, CAST(digits(invoice_number) AS BIGINT) AS number
    FROM transactions
    WHERE supplier_ref IS NOT NULL AND base_amount > 0 AND length(digits(invoice_number)) BETWEEN 1 AND 9
),
spans AS (
    SELECT supplier_ref, min(number) AS least, max(number) AS most, count(*) AS invoices
    FROM counted
    GROUP BY supplier_ref
    HAVING count(*) >= {count} AND count(*) >= (1 - {gaps}) * (max(number) - min(number) + 1)
        AND max(invoice_date) - min(invoice_date) >= {days}
),
without_gap AS (
    SELECT counted.supplier_ref AS ref, count(DISTINCT number) AS numbers, min(least) AS least, max(most) AS most
    FROM spans JOIN counted ON counted.supplier_ref = spans.supplier_ref
    GROUP BY counted.supplier_ref
    HAVING count(DISTINCT number) >= {count} AND count(DISTINCT base_amount) >= {amounts}
        AND count(DISTINCT number) >= (1 - {gaps}) * (max(most) - min(least) + 1)
)
SELECT
    concat('The invoices of ', party(min(supplier_name), supplier_ref), ' are numbered ', CAST(min(least) AS VARCHAR), ' to ', CAST(min(most) AS VARCHAR),
        CASE WHEN min(numbers) = min(most) - min(least) + 1 THEN ' without a gap: ' ELSE ' with hardly a gap: ' END, CAST(min(numbers) AS VARCHAR), ' of ', CAST(min(most) - min(least) + 1 AS VARCHAR)) AS title,
    sum(base_amount) AS at_risk,
    min(base_amount_currency) AS currency,
    make_array(supplier_ref) AS suppliers,
    array_sort(array_agg(unique_id)) AS transactions,
    supplier_ref AS pattern,
    supplier_ref AS known_by,
    make_array('invoice_number', 'invoice_date') AS fields,
    make_array(
        'a supplier with other customers usually has gaps between the numbers it sends you',
        concat('from ', CAST(min(invoice_date) AS VARCHAR), ' to ', CAST(max(invoice_date) AS VARCHAR))) AS words,
    make_array(3.0, 1.0) AS bits
FROM without_gap JOIN transactions ON supplier_ref = ref
WHERE base_amount > 0 AND length(digits(invoice_number)) BETWEEN 1 AND 9
GROUP BY supplier_ref
