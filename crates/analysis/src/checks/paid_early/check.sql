-- Every way to pay is judged first: one by which most is early does not wait for a due date.
WITH settled AS (
    SELECT supplier_ref, supplier_name, unique_id, base_amount, base_amount_currency, coalesce(payment_type, '') AS means, due_date - paid_date AS early,
        CAST(base_amount AS DOUBLE) AS size
    FROM transactions
    WHERE base_amount > 0 AND due_date IS NOT NULL AND paid_date IS NOT NULL AND supplier_ref IS NOT NULL
),
ways AS (
    SELECT means AS way, CAST(sum(CASE WHEN early >= {days} THEN 1 ELSE 0 END) AS DOUBLE) / count(*) AS share FROM settled GROUP BY means
),
discounts AS (
    SELECT supplier_ref AS discount_ref FROM suppliers WHERE _active AND discount_share(payment_terms) IS NOT NULL GROUP BY supplier_ref
),
those AS (
    SELECT supplier_ref AS ref, min(supplier_name) AS name, count(*) AS invoices, min(base_amount_currency) AS currency,
        sum(size * early) / 365 * {rate} AS cost, sum(base_amount) AS amount,
        sum(size * early) / sum(size) AS days, array_sort(array_agg(unique_id)) AS ids
    FROM ways JOIN settled ON way = means
    WHERE share < {usual} AND early >= {days}
    GROUP BY supplier_ref
    HAVING count(*) >= {count} AND sum(size * early) / 365 * {rate} >= {least}
),
whole AS (
    SELECT supplier_ref AS whole_ref, count(*) AS settled FROM settled GROUP BY supplier_ref
)
SELECT
    concat(CAST(invoices AS VARCHAR), ' invoices of ', party(name, ref), ' were paid ', CAST(CAST(round(days) AS BIGINT) AS VARCHAR),
        ' days before they were due, which cost ', money(cost, currency)) AS title,
    make_array(ref) AS suppliers,
    ids AS transactions,
    ref AS pattern,
    ref AS known_by,
    make_array('paid_date', 'base_amount', 'due_date') AS fields,
    make_array(
        concat(CAST(invoices AS VARCHAR), ' of its ', CAST(settled AS VARCHAR), ' paid invoices were paid at least ', CAST({days} AS VARCHAR), ' days early'),
        concat(money(amount, currency), ' went out ', CAST(CAST(round(days) AS BIGINT) AS VARCHAR), ' days early in the mean, by amount: at ', CAST(round(100 * {rate}, 2) AS VARCHAR), '% a year ', money(cost, currency)),
        'no discount stands in its terms') AS words,
    make_array(CASE WHEN 2 * invoices >= settled THEN 2.0 ELSE 1.0 END, 0.0, 0.5) AS bits
FROM those JOIN whole ON whole_ref = ref
LEFT ANTI JOIN discounts ON discount_ref = ref
