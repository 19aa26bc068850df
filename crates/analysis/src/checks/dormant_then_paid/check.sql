-- Gaps between the days on which a supplier bills; a partition is a supplier. A gap that is long enough leaves
-- a period of half its length empty, which tells the few suppliers whose days are worth sorting. Names and
-- amounts are looked up for those that are left.
-- Weeks in which the ledger itself has less than a twentieth of the invoices of the week an average invoice is
-- of were not sent, or not booked: they are no silence of anybody and do not count. Of fewer than five suppliers
-- the silence of all may be that of each.
WITH weeks AS (
    SELECT CAST(floor(CAST(invoice_date AS INT) / 7.0) AS BIGINT) AS week, count(*) AS invoices
    FROM transactions WHERE invoice_date IS NOT NULL GROUP BY 1
),
busy AS (
    SELECT week, lag(week) OVER (ORDER BY week) AS week_before FROM weeks
    WHERE invoices * 20 * (SELECT sum(invoices) FROM weeks) >= (SELECT sum(invoices * invoices) FROM weeks)
),
missing AS (
    SELECT (week_before + 1) * 7 AS first_day, week * 7 AS next_day FROM busy
    WHERE (week - week_before - 1) * 7 >= {missing}
        AND (SELECT count(*) FROM (SELECT DISTINCT supplier_ref FROM transactions LIMIT 5)) = 5
),
dates AS (
    SELECT DISTINCT invoice_date AS date, CAST(CAST(invoice_date AS INT) AS BIGINT) AS number
    FROM transactions WHERE invoice_date IS NOT NULL
),
calendar AS (
    SELECT date, number - coalesce(sum(least(number, next_day) - first_day), 0) AS counted
    FROM dates LEFT JOIN missing ON first_day < number GROUP BY date, number
),
periods AS (
    SELECT DISTINCT supplier_ref, CAST(floor(CAST(invoice_date AS INT) / ({days} / 2.0)) AS BIGINT) AS period
    FROM transactions WHERE supplier_ref IS NOT NULL AND invoice_date IS NOT NULL
),
paused AS (
    SELECT supplier_ref AS ref FROM periods GROUP BY supplier_ref HAVING max(period) - min(period) + 1 > count(*)
),
billed AS (
    SELECT DISTINCT supplier_ref, invoice_date
    FROM paused JOIN transactions ON supplier_ref = ref WHERE invoice_date IS NOT NULL
),
days AS (SELECT supplier_ref, invoice_date, counted FROM calendar JOIN billed ON invoice_date = date),
gaps AS (
    SELECT *, lag(invoice_date) OVER (PARTITION BY supplier_ref ORDER BY invoice_date) AS earlier,
        counted - lag(counted) OVER (PARTITION BY supplier_ref ORDER BY invoice_date) AS gap,
        row_number() OVER (PARTITION BY supplier_ref ORDER BY invoice_date) AS nth
    FROM days
),
sized AS (SELECT *, invoice_date - earlier AS apart FROM gaps WHERE earlier IS NOT NULL),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY supplier_ref ORDER BY gap DESC, invoice_date) AS rank,
        lead(gap) OVER (PARTITION BY supplier_ref ORDER BY gap DESC, invoice_date) AS next_gap
    FROM sized
),
woken AS (
    SELECT supplier_ref AS woken_ref, invoice_date AS day, earlier, apart, gap, next_gap, nth FROM ranked
    WHERE rank = 1 AND gap > {days} AND nth > {before} - 1 AND coalesce(next_gap, 0) <= gap * {other}
),
noted AS (
    SELECT woken_ref AS noted_ref, min(gap) AS noted_gap, string_agg(
        concat(CAST(CAST(CAST(first_day AS INT) AS DATE) AS VARCHAR), ' to ', CAST(CAST(CAST(next_day - 1 AS INT) AS DATE) AS VARCHAR)),
        ' and from ' ORDER BY first_day) AS noted_days
    FROM missing JOIN woken ON first_day < CAST(day AS INT) AND next_day > CAST(earlier AS INT)
    GROUP BY woken_ref
),
told AS (SELECT * FROM woken LEFT JOIN noted ON woken_ref = noted_ref)
SELECT
    concat(party(min(supplier_name), supplier_ref), ' billed ', money(sum(base_amount), min(base_amount_currency)), ' on ', CAST(day AS VARCHAR), ' after ', CAST(min(apart) AS VARCHAR), ' days without an invoice') AS title,
    sum(base_amount) AS at_risk,
    min(base_amount_currency) AS currency,
    make_array(supplier_ref) AS suppliers,
    array_sort(array_agg(unique_id)) AS transactions,
    supplier_ref AS pattern,
    make_array('invoice_date') AS fields,
    make_array(concat('the invoice before is of ', CAST(min(earlier) AS VARCHAR),
        coalesce('; the next longest gap of this supplier is ' || CAST(min(next_gap) AS VARCHAR) || ' days', ''),
        ', of ', CAST(min(nth) AS VARCHAR), ' days on which it has billed',
        coalesce('; no data from ' || min(noted_days) || ': ' || CAST(min(noted_gap) AS VARCHAR) || ' of the days without an invoice count', ''))) AS words,
    make_array(3.0) AS bits
FROM told JOIN transactions ON supplier_ref = woken_ref AND invoice_date = day
GROUP BY supplier_ref, day
