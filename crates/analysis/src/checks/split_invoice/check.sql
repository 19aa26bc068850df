-- Only invoices near the limit are looked at, and a partition is a supplier: the windows are small.
WITH near AS (
    SELECT supplier_ref, supplier_name, unique_id, invoice_date, base_amount, base_amount_currency
    FROM transactions
    WHERE base_amount >= {from} * {limit} AND base_amount < {limit} AND supplier_ref IS NOT NULL AND invoice_date IS NOT NULL
),
numbered AS (
    SELECT *, CAST(invoice_date AS INT) AS day FROM near
),
windows AS (
    SELECT supplier_ref, day,
        count(*) OVER (PARTITION BY supplier_ref ORDER BY day RANGE BETWEEN {days} PRECEDING AND CURRENT ROW) AS together,
        count(*) OVER (PARTITION BY supplier_ref) AS all_near
    FROM numbered
),
best AS (
    SELECT supplier_ref, day, together, all_near,
        row_number() OVER (PARTITION BY supplier_ref ORDER BY together DESC, day) AS rank
    FROM windows
),
picked AS (
    SELECT * FROM best WHERE rank = 1 AND together >= {count} AND together >= all_near * {usual}
)
SELECT
    concat(CAST(count(*) AS VARCHAR), ' invoices of ', party(min(supplier_name), numbered.supplier_ref), ' within {days} days are each below ', money({limit}, min(base_amount_currency)), ' and together ',
        money(sum(base_amount), min(base_amount_currency))) AS title,
    sum(base_amount) AS at_risk,
    min(base_amount_currency) AS currency,
    make_array(numbered.supplier_ref) AS suppliers,
    array_sort(array_agg(unique_id)) AS transactions,
    numbered.supplier_ref AS pattern,
    make_array('base_amount', 'invoice_date') AS fields,
    make_array(
        concat('the largest is ', money(max(base_amount), min(base_amount_currency)), ', the limit ', money({limit}, min(base_amount_currency))),
        concat('of its ', CAST(min(all_near) AS VARCHAR), ' invoices near the limit, ', CAST(count(*) AS VARCHAR), ' are of ', CAST(min(invoice_date) AS VARCHAR), ' to ', CAST(max(invoice_date) AS VARCHAR))) AS words,
    make_array(2.0, 2.0) AS bits
FROM picked JOIN numbered ON numbered.supplier_ref = picked.supplier_ref
WHERE numbered.day BETWEEN picked.day - {days} AND picked.day
GROUP BY numbered.supplier_ref
HAVING sum(base_amount) >= 2 * {limit}
