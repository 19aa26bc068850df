-- Gaps between the days on which a supplier bills; a partition is a supplier. A gap that is long enough leaves
-- a period of half its length empty, which tells the few suppliers whose days are worth sorting. Names and
-- amounts are looked up for those that are left. A credit bills nothing: it neither ends a silence nor is one's end.
-- Weeks in which the ledger itself has less than a quarter of the invoices of the week an average invoice is of
-- were not sent, or not booked, or in part: they are no silence of anybody and do not count. Of fewer than five
-- suppliers the silence of all may be that of each.
-- Over many years hundreds of suppliers come back, and nobody can ask about those of long ago: only those of the
-- last year of the ledger are shown, and where coming back is usual only who then bills more than ever before.
WITH weeks AS (
    SELECT CAST(floor(CAST(invoice_date AS INT) / 7.0) AS BIGINT) AS week, count(*) AS invoices
    FROM transactions WHERE invoice_date IS NOT NULL GROUP BY 1
),
busy AS (
    SELECT week, lag(week) OVER (ORDER BY week) AS week_before FROM weeks
    WHERE invoices * 4 * (SELECT sum(invoices) FROM weeks) >= (SELECT sum(invoices * invoices) FROM weeks)
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
    FROM transactions WHERE supplier_ref IS NOT NULL AND invoice_date IS NOT NULL AND coalesce(base_amount, 1) > 0
),
spans AS (
    SELECT count(*) AS suppliers
    FROM (SELECT supplier_ref FROM periods GROUP BY supplier_ref HAVING max(period) - min(period) > 2)
),
paused AS (
    SELECT supplier_ref AS ref FROM periods GROUP BY supplier_ref HAVING max(period) - min(period) + 1 > count(*)
),
billed AS (
    SELECT DISTINCT supplier_ref, invoice_date
    FROM paused JOIN transactions ON supplier_ref = ref
    WHERE invoice_date IS NOT NULL AND coalesce(base_amount, 1) > 0
),
days AS (SELECT supplier_ref, invoice_date, counted FROM calendar JOIN billed ON invoice_date = date),
gaps AS (
    SELECT *, lag(invoice_date) OVER (PARTITION BY supplier_ref ORDER BY invoice_date) AS earlier,
        counted - lag(counted) OVER (PARTITION BY supplier_ref ORDER BY invoice_date) AS gap,
        row_number() OVER (PARTITION BY supplier_ref ORDER BY invoice_date) AS nth,
        count(*) OVER (PARTITION BY supplier_ref) AS all_days
    FROM days
),
sized AS (SELECT *, invoice_date - earlier AS apart FROM gaps WHERE earlier IS NOT NULL),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY supplier_ref ORDER BY gap DESC, invoice_date) AS rank,
        lead(gap) OVER (PARTITION BY supplier_ref ORDER BY gap DESC, invoice_date) AS next_gap
    FROM sized
),
woken AS (
    SELECT supplier_ref AS woken_ref, invoice_date AS day, earlier, apart, gap, next_gap, nth, all_days FROM ranked
    WHERE rank = 1 AND gap > {days} AND nth > {before} AND coalesce(next_gap, 0) <= gap * {other}
),
noted AS (
    SELECT woken_ref AS noted_ref, min(gap) AS noted_gap, string_agg(
        concat(CAST(CAST(CAST(first_day AS INT) AS DATE) AS VARCHAR), ' to ', CAST(CAST(CAST(next_day - 1 AS INT) AS DATE) AS VARCHAR)),
        ' and from ' ORDER BY first_day) AS noted_days
    FROM missing JOIN woken ON first_day < CAST(day AS INT) AND next_day > CAST(earlier AS INT)
    GROUP BY woken_ref
),
ledger AS (
    SELECT (SELECT max(date) FROM dates) AS last_day, (SELECT count(*) FROM woken) AS all_woken,
        (SELECT suppliers FROM spans) AS spanning
),
told AS (
    SELECT *, all_woken >= {several} AND all_woken > {usual} * spanning AS is_usual
    FROM woken LEFT JOIN noted ON woken_ref = noted_ref CROSS JOIN ledger
    WHERE last_day - day <= {recent}
),
-- Where a name is all that a list of payments has of a supplier, its other writings are the same supplier. A
-- reference of its own is an entry of the master data, and that one is made use of beside another is the point.
writings AS (
    SELECT written_ref, company_key(written_ref) AS name
    FROM (SELECT DISTINCT supplier_ref AS written_ref FROM transactions WHERE supplier_ref = supplier_name)
),
billed_otherwise AS (
    SELECT own.written_ref AS otherwise_ref, invoice_date AS otherwise_day
    FROM writings own
    JOIN writings other ON other.name = own.name AND other.written_ref <> own.written_ref
    JOIN transactions ON supplier_ref = other.written_ref
    WHERE coalesce(base_amount, 1) > 0
),
quiet AS (
    SELECT told.* FROM told LEFT JOIN billed_otherwise
        ON otherwise_ref = woken_ref AND otherwise_day > earlier AND otherwise_day < day
    WHERE otherwise_ref IS NULL
),
silent AS (
    SELECT *, invoice_date = day AS is_back,
        concat('the invoice before is of ', CAST(earlier AS VARCHAR),
            coalesce('; the next longest gap of this supplier is ' || CAST(next_gap AS VARCHAR) || ' days', ''),
            '; it has billed on ', CAST(all_days AS VARCHAR), ' days, ', CAST(nth - 1 AS VARCHAR), ' of them before the silence',
            coalesce('; the ledger has few invoices or none from ' || noted_days || ': ' || CAST(noted_gap AS VARCHAR) || ' of the days without an invoice count', '')) AS silence
    FROM quiet JOIN transactions ON supplier_ref = woken_ref AND invoice_date <= day
    WHERE coalesce(base_amount, 1) > 0
)
SELECT
    concat(party(min(supplier_name) FILTER (WHERE is_back), supplier_ref), ' billed ', money(sum(base_amount) FILTER (WHERE is_back), min(base_amount_currency)), ' on ', CAST(day AS VARCHAR), ' after ', CAST(min(apart) AS VARCHAR), ' days without an invoice') AS title,
    sum(base_amount) FILTER (WHERE is_back) AS at_risk,
    min(base_amount_currency) AS currency,
    make_array(supplier_ref) AS suppliers,
    array_sort(array_agg(unique_id) FILTER (WHERE is_back)) AS transactions,
    supplier_ref AS pattern,
    CASE WHEN bool_or(is_usual) THEN make_array('invoice_date', 'base_amount', 'supplier_ref') ELSE make_array('invoice_date') END AS fields,
    CASE WHEN bool_or(is_usual) THEN make_array(
        min(silence),
        concat('it is more than this supplier had billed on one invoice before, ', money(max(base_amount) FILTER (WHERE NOT is_back), min(base_amount_currency))),
        concat('coming back is usual in this ledger: ', CAST(min(all_woken) AS VARCHAR), ' of ', CAST(min(spanning) AS VARCHAR), ' suppliers that have billed for long did'))
        ELSE make_array(min(silence)) END AS words,
    CASE WHEN bool_or(is_usual) THEN make_array(3.0, 1.0, -1.0) ELSE make_array(3.0) END AS bits
FROM silent
GROUP BY supplier_ref, day
HAVING NOT bool_or(is_usual) OR sum(base_amount) FILTER (WHERE is_back) > max(base_amount) FILTER (WHERE NOT is_back)
