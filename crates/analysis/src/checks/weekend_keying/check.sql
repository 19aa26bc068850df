-- One row a supplier, against the whole ledger.
WITH keyed AS (
    SELECT supplier_ref, supplier_name, unique_id, user_id, base_amount, base_amount_currency,
        CASE WHEN date_part('dow', entered_date) IN (0, 6) OR is_english_holiday(CAST(entered_date AS VARCHAR)) THEN 1 ELSE 0 END AS off
    FROM transactions WHERE entered_date IS NOT NULL AND supplier_ref IS NOT NULL
),
ledger AS (SELECT avg(CAST(off AS DOUBLE)) AS usual FROM keyed)
SELECT
    concat(CAST(sum(off) AS VARCHAR), ' of ', CAST(count(*) AS VARCHAR), ' invoices of ', min(supplier_name), ' (', supplier_ref, ') were keyed at weekends or on holidays') AS title,
    0.6 AS probability,
    sum(base_amount) AS at_risk,
    min(base_amount_currency) AS currency,
    make_array(supplier_ref) AS suppliers,
    array_sort(array_agg(unique_id)) AS transactions,
    supplier_ref AS pattern,
    supplier_ref AS known_by,
    make_array('entered_date', 'user_id') AS fields,
    make_array(
        concat('of the whole ledger it is ', CAST(round(100 * min(usual), 1) AS VARCHAR), '%'),
        CASE WHEN count(DISTINCT user_id) = 1 THEN concat('all keyed by ', min(user_id)) ELSE concat('keyed by ', CAST(count(DISTINCT user_id) AS VARCHAR), ' users') END) AS words,
    make_array(4.0, CASE WHEN count(DISTINCT user_id) = 1 THEN 1.0 ELSE -1.0 END) AS bits
FROM keyed CROSS JOIN ledger
GROUP BY supplier_ref
HAVING count(*) >= {count} AND sum(off) >= {share} * count(*) AND min(usual) <= {usual}
