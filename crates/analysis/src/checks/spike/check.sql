-- Median, then the median of the distances from it: what a few spikes cannot move.
WITH middle AS (
    SELECT supplier_ref, median(CAST(base_amount AS DOUBLE)) AS usual, count(*) AS invoices
    FROM transactions WHERE base_amount > 0 AND supplier_ref IS NOT NULL
    GROUP BY supplier_ref HAVING count(*) >= {count}
),
spread AS (
    SELECT t.supplier_ref, median(abs(CAST(base_amount AS DOUBLE) - usual)) AS mad
    FROM transactions t JOIN middle ON t.supplier_ref = middle.supplier_ref WHERE base_amount > 0
    GROUP BY t.supplier_ref
)
SELECT
    concat('Invoice ', invoice_number, ' of ', supplier_name, ' (', t.supplier_ref, ') over ', CAST(CAST(base_amount AS DECIMAL(18, 2)) AS VARCHAR), ' is ',
        CAST(CAST(round(CAST(base_amount AS DOUBLE) / usual) AS BIGINT) AS VARCHAR), ' times what it usually bills') AS title,
    0.4 AS probability,
    base_amount AS at_risk,
    base_amount_currency AS currency,
    make_array(t.supplier_ref) AS suppliers,
    make_array(unique_id) AS transactions,
    t.supplier_ref AS pattern,
    make_array('base_amount') AS fields,
    make_array(concat('half of its ', CAST(invoices AS VARCHAR), ' invoices are below ', CAST(CAST(usual AS DECIMAL(18, 2)) AS VARCHAR))) AS words,
    make_array(3.0) AS bits
FROM transactions t
JOIN middle ON t.supplier_ref = middle.supplier_ref
JOIN spread ON t.supplier_ref = spread.supplier_ref
WHERE CAST(base_amount AS DOUBLE) >= {times} * usual
    AND CAST(base_amount AS DOUBLE) - usual >= {score} * 1.4826 * greatest(mad, usual * 0.05)
