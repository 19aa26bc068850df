-- A row is settled that has a paid or cleared date, or a status that in this ledger mostly stands beside one: no
-- word of a status is known here. Days are counted from the last day of the ledger, one row in a thousand left
-- aside, as a date mistyped into the future is not today.
days AS (
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
        due_date IS NOT NULL AS has_due,
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
)
