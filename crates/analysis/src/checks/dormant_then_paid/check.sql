-- Gaps between the days on which a supplier bills; a partition is a supplier. A gap that is long enough leaves
-- a period of half its length empty, which tells the few suppliers whose days are worth sorting. Names and
-- amounts are looked up for those that are left.
WITH periods AS (
    SELECT DISTINCT supplier_ref, CAST(floor(CAST(invoice_date AS INT) / ({days} / 2.0)) AS BIGINT) AS period
    FROM transactions WHERE supplier_ref IS NOT NULL AND invoice_date IS NOT NULL
),
paused AS (
    SELECT supplier_ref AS ref FROM periods GROUP BY supplier_ref HAVING max(period) - min(period) + 1 > count(*)
),
days AS (
    SELECT DISTINCT supplier_ref, invoice_date
    FROM paused JOIN transactions ON supplier_ref = ref WHERE invoice_date IS NOT NULL
),
gaps AS (
    SELECT *, lag(invoice_date) OVER (PARTITION BY supplier_ref ORDER BY invoice_date) AS earlier,
        row_number() OVER (PARTITION BY supplier_ref ORDER BY invoice_date) AS nth
    FROM days
),
sized AS (SELECT *, invoice_date - earlier AS gap FROM gaps WHERE earlier IS NOT NULL),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY supplier_ref ORDER BY gap DESC, invoice_date) AS rank,
        lead(gap) OVER (PARTITION BY supplier_ref ORDER BY gap DESC, invoice_date) AS next_gap
    FROM sized
),
woken AS (
    SELECT supplier_ref AS woken_ref, invoice_date AS day, earlier, gap, next_gap, nth FROM ranked
    WHERE rank = 1 AND gap > {days} AND nth > {before} - 1 AND coalesce(next_gap, 0) <= gap * {other}
)
SELECT
    concat(min(supplier_name), ' (', supplier_ref, ') billed ', money(sum(base_amount), min(base_amount_currency)), ' on ', CAST(day AS VARCHAR), ' after ', CAST(min(gap) AS VARCHAR), ' days without an invoice') AS title,
    sum(base_amount) AS at_risk,
    min(base_amount_currency) AS currency,
    make_array(supplier_ref) AS suppliers,
    make_array(min(unique_id)) AS transactions,
    supplier_ref AS pattern,
    make_array('invoice_date') AS fields,
    make_array(concat('the invoice before is of ', CAST(min(earlier) AS VARCHAR), coalesce(concat('; the next longest gap of this supplier is ', CAST(min(next_gap) AS VARCHAR), ' days'), ''),
        ', of ', CAST(min(nth) AS VARCHAR), ' days on which it has billed')) AS words,
    make_array(3.0) AS bits
FROM woken JOIN transactions ON supplier_ref = woken_ref AND invoice_date = day
GROUP BY supplier_ref, day
