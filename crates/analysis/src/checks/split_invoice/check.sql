-- Only invoices near the limit are looked at, and a partition is a supplier: the windows are small.
WITH near AS (
    SELECT supplier_ref, supplier_name, unique_id, invoice_date, {limit.amount}, {limit.currency}
    FROM transactions
    WHERE {limit.amount} >= {from} * {limit} AND {limit.amount} < {limit} AND supplier_ref IS NOT NULL AND invoice_date IS NOT NULL
        AND {limit.rows}
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
),
-- What is billed on other days as well is a price, such as a child's month in a home: nobody has cut it to size.
prices AS (
    SELECT supplier_ref AS price_ref, {limit.amount} AS price FROM numbered
    GROUP BY supplier_ref, {limit.amount} HAVING max(day) - min(day) > {days}
),
-- Whoever bills above the limit in the same days does not keep below it.
above AS (
    SELECT picked.supplier_ref AS above_ref, count(*) AS all_above,
        count(*) FILTER (WHERE CAST(invoice_date AS INT) BETWEEN day - {days} AND day) AS above_then,
        max({limit.amount}) FILTER (WHERE CAST(invoice_date AS INT) BETWEEN day - {days} AND day) AS largest_then
    FROM picked JOIN transactions ON picked.supplier_ref = transactions.supplier_ref
    WHERE {limit.amount} >= {limit} AND {limit.rows}
    GROUP BY picked.supplier_ref
)
SELECT
    concat(CAST(count(*) AS VARCHAR), ' {limit.those}invoices of ', party(min(supplier_name), numbered.supplier_ref), ' within {days} days are each below ', money({limit}, min({limit.currency})), ' and together ',
        money(sum({limit.amount}), min({limit.currency})),
        CASE WHEN coalesce(min(above_then), 0) = 0 THEN '' ELSE concat('; of the same days ', CAST(min(above_then) AS VARCHAR), CASE WHEN min(above_then) = 1 THEN ' is' ELSE ' are' END, ' not below it') END) AS title,
    sum({limit.amount}) AS at_risk,
    min({limit.currency}) AS currency,
    make_array(numbered.supplier_ref) AS suppliers,
    array_sort(array_agg(unique_id)) AS transactions,
    concat(numbered.supplier_ref, '{limit.key}') AS pattern,
    make_array('{limit.amount}', 'invoice_date', '{limit.amount}') AS fields,
    make_array(
        concat('the largest of them is ', money(max({limit.amount}), min({limit.currency})), '; the limit is ', money({limit}, min({limit.currency})), ', {limit.basis}'),
        concat('of its ', CAST(min(all_near) AS VARCHAR), ' invoices from ', money({from} * {limit}, min({limit.currency})), ' up to the limit, ', CAST(count(*) AS VARCHAR), ' are of ', CAST(min(invoice_date) AS VARCHAR), ' to ', CAST(max(invoice_date) AS VARCHAR)),
        CASE WHEN min(all_above) IS NULL THEN 'it has billed nothing of the limit or more'
            WHEN min(above_then) = 0 THEN concat('of the limit or more it has billed ', CAST(min(all_above) AS VARCHAR), CASE WHEN min(all_above) = 1 THEN ' invoice' ELSE ' invoices' END, ', none of them in these days')
            ELSE concat('in the same days it has billed ', CAST(min(above_then) AS VARCHAR), ' of the limit or more, the largest ', money(min(largest_then), min({limit.currency})), ': it does not keep below it') END) AS words,
    make_array(2.0, 2.0, CASE WHEN min(all_above) IS NULL THEN 1.0 WHEN min(above_then) = 0 THEN 0.0 ELSE -1.0 * min(above_then) END) AS bits
FROM picked JOIN numbered ON numbered.supplier_ref = picked.supplier_ref
LEFT JOIN above ON above_ref = picked.supplier_ref
LEFT JOIN prices ON price_ref = numbered.supplier_ref AND price = {limit.amount}
WHERE numbered.day BETWEEN picked.day - {days} AND picked.day
GROUP BY numbered.supplier_ref
HAVING sum({limit.amount}) >= 2 * {limit} AND 2 * coalesce(min(above_then), 0) <= count(*) AND 2 * count(price) < count(*)
