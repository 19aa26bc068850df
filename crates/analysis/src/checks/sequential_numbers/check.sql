-- The digits of a number, where they are few enough to be a count.
WITH counted AS (
    SELECT supplier_ref, supplier_name, unique_id, invoice_date, base_amount, base_amount_currency,
        CAST(digits(invoice_number) AS BIGINT) AS number
    FROM transactions
    WHERE supplier_ref IS NOT NULL AND base_amount > 0 AND length(digits(invoice_number)) BETWEEN 1 AND 9
)
SELECT
    concat('The invoices of ', min(supplier_name), ' (', supplier_ref, ') are numbered ', CAST(min(number) AS VARCHAR), ' to ', CAST(max(number) AS VARCHAR),
        ' without a gap: ', CAST(count(DISTINCT number) AS VARCHAR), ' of ', CAST(max(number) - min(number) + 1 AS VARCHAR)) AS title,
    sum(base_amount) AS at_risk,
    min(base_amount_currency) AS currency,
    make_array(supplier_ref) AS suppliers,
    array_sort(array_agg(unique_id)) AS transactions,
    supplier_ref AS pattern,
    supplier_ref AS known_by,
    make_array('invoice_number', 'invoice_date') AS fields,
    make_array(
        'a supplier with other customers has gaps between the numbers it sends you',
        concat('from ', CAST(min(invoice_date) AS VARCHAR), ' to ', CAST(max(invoice_date) AS VARCHAR))) AS words,
    make_array(3.0, 1.0) AS bits
FROM counted
GROUP BY supplier_ref
HAVING count(DISTINCT number) >= {count} AND count(DISTINCT base_amount) >= {amounts} AND max(invoice_date) - min(invoice_date) >= {days}
    AND count(DISTINCT number) >= (1 - {gaps}) * (max(number) - min(number) + 1)
