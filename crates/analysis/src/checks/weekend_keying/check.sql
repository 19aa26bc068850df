-- Days are few: what each is, is asked once. Then one row a supplier, against the whole ledger.
WITH days AS (
    SELECT entered_date AS day,
        CASE WHEN is_day_off(CAST(entered_date AS VARCHAR), {calendar}) THEN 1 ELSE 0 END AS off
    FROM (SELECT DISTINCT entered_date FROM transactions WHERE entered_date IS NOT NULL)
),
keyed AS (
    SELECT supplier_ref, count(*) AS invoices, sum(off) AS offs
    FROM days JOIN transactions ON entered_date = day
    WHERE supplier_ref IS NOT NULL GROUP BY supplier_ref
),
ledger AS (SELECT CAST(sum(offs) AS DOUBLE) / sum(invoices) AS usual FROM keyed),
those AS (
    SELECT supplier_ref AS ref, invoices, offs, usual FROM keyed CROSS JOIN ledger
    WHERE invoices >= {count} AND offs >= {share} * invoices AND usual <= {usual}
)
SELECT
    concat(CAST(min(offs) AS VARCHAR), ' of ', CAST(count(*) AS VARCHAR), ' invoices of ', party(min(supplier_name), supplier_ref), ' were keyed at weekends or on holidays') AS title,
    sum(base_amount) AS at_risk,
    min(base_amount_currency) AS currency,
    make_array(supplier_ref) AS suppliers,
    array_sort(array_agg(unique_id)) AS transactions,
    supplier_ref AS pattern,
    supplier_ref AS known_by,
    make_array('entered_date', 'user_id') AS fields,
    make_array(
        concat('of all invoices of the ledger ', CAST(round(100 * min(usual), 1) AS VARCHAR), '% were keyed on such days'),
        CASE WHEN count(user_id) < count(*) THEN 'who keyed them is not in the ledger for all of them'
            WHEN count(DISTINCT user_id) = 1 THEN concat('all keyed by ', min(user_id))
            ELSE concat('keyed by ', CAST(count(DISTINCT user_id) AS VARCHAR), ' users') END) AS words,
    make_array(4.0, CASE WHEN count(user_id) < count(*) THEN 0.0 WHEN count(DISTINCT user_id) = 1 THEN 1.0 ELSE -1.0 END) AS bits
FROM those JOIN transactions ON supplier_ref = ref
WHERE entered_date IS NOT NULL
GROUP BY supplier_ref
