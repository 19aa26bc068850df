-- A row is settled that has a paid or cleared date, or a status that in this ledger mostly stands beside one: no
-- word of a status is known here. Days are counted from the last day of the ledger, one row in a thousand left
-- aside, as a date mistyped into the future is not today.
WITH days AS (
    SELECT coalesce(entered_date, invoice_date) AS day, count(*) AS invoices FROM transactions
    WHERE coalesce(entered_date, invoice_date) IS NOT NULL GROUP BY 1
),
counted AS (
    SELECT day, sum(invoices) OVER (ORDER BY day DESC) AS from_then, sum(invoices) OVER () AS of_all FROM days
),
today AS (SELECT max(day) AS last_day FROM counted WHERE 1000 * from_then >= of_all),
settling AS (
    SELECT status AS settled_status FROM transactions WHERE status IS NOT NULL GROUP BY status
    HAVING 2 * count(coalesce(paid_date, payment_cleared_date)) > count(*)
),
items AS (
    SELECT unique_id, supplier_ref, supplier_name, invoice_number, invoice_date, base_amount, base_amount_currency,
        greatest(coalesce(entered_date, invoice_date), coalesce(due_date, entered_date, invoice_date)) AS since,
        coalesce(paid_date, payment_cleared_date) IS NULL AND settled_status IS NULL AS is_open
    FROM settling RIGHT JOIN transactions ON settled_status = status
    WHERE supplier_ref IS NOT NULL AND base_amount <> 0
),
told AS (
    SELECT CAST(sum(CASE WHEN is_open THEN 0 ELSE 1 END) AS DOUBLE) / count(*) AS share, count(*) AS credits
    FROM today CROSS JOIN items WHERE base_amount < 0 AND last_day - since > {days}
),
billed AS (
    SELECT supplier_ref AS billed_ref, invoice_number AS billed_number, invoice_date AS billed_on, base_amount AS billed_amount
    FROM items WHERE is_open AND base_amount > 0
),
-- Neither lines of an open invoice nor what takes an open one back.
credits AS (
    SELECT items.* FROM items LEFT ANTI JOIN billed ON supplier_ref = billed_ref
        AND (base_amount = -billed_amount OR (invoice_number = billed_number AND invoice_date = billed_on))
    WHERE is_open AND base_amount < 0
),
balances AS (
    SELECT supplier_ref AS balance_ref, sum(base_amount) AS balance, sum(CASE WHEN base_amount > 0 THEN base_amount END) AS open_billed
    FROM items WHERE is_open GROUP BY supplier_ref
),
owing AS (
    SELECT supplier_ref AS ref, min(supplier_name) AS name, count(*) AS credits, -sum(base_amount) AS amount, min(since) AS oldest,
        min(last_day) AS last_day, min(base_amount_currency) AS currency, array_sort(array_agg(unique_id)) AS ids
    FROM today CROSS JOIN credits
    GROUP BY supplier_ref HAVING max(last_day) - min(since) > {days}
),
latest AS (
    SELECT ref AS latest_ref, max(coalesce(entered_date, invoice_date)) AS billed_on FROM owing JOIN transactions ON ref = supplier_ref
    WHERE base_amount > 0 GROUP BY ref
)
SELECT
    concat(party(name, ref), ' owes ', money(-balance, currency), ': its open credits are more than its open invoices') AS title,
    -balance AS at_risk,
    currency,
    make_array(ref) AS suppliers,
    ids AS transactions,
    ref AS pattern,
    make_array('base_amount', 'due_date', 'paid_date', 'invoice_date') AS fields,
    make_array(
        concat(CASE WHEN owing.credits = 1 THEN 'a credit' ELSE concat(CAST(owing.credits AS VARCHAR), ' credits') END, ' over ', money(amount, currency),
            CASE WHEN owing.credits = 1 THEN ' is open' ELSE ' are open' END, ', against ',
            CASE WHEN open_billed IS NULL THEN 'no open invoice' ELSE concat('open invoices over ', money(open_billed, currency)) END),
        concat('the oldest was entered and due by ', CAST(oldest AS VARCHAR), ', ', CAST(last_day - oldest AS VARCHAR), ' days before the last day of the ledger'),
        concat('of the ', CAST(told.credits AS VARCHAR), ' credits as old in this ledger ', CAST(CAST(round(100 * share) AS BIGINT) AS VARCHAR), '% are marked as taken'),
        CASE WHEN billed_on IS NULL THEN 'the ledger has no invoice of the supplier'
            ELSE concat('its latest invoice was entered on ', CAST(billed_on AS VARCHAR)) END) AS words,
    make_array(0.0, 1.0, CASE WHEN share >= 0.9 THEN 1.0 ELSE 0.0 END,
        CASE WHEN billed_on IS NULL OR last_day - billed_on > {days} THEN 1.0 ELSE 0.0 END) AS bits
FROM told CROSS JOIN owing
JOIN balances ON balance_ref = ref
LEFT JOIN latest ON latest_ref = ref
WHERE share >= {told} AND balance <= -{least}
