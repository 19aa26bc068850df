WITH {{open_credits}},
old AS (
    SELECT supplier_ref AS ref, min(supplier_name) AS name, count(*) AS credits, -sum(base_amount) AS amount, min(since) AS oldest, bool_and(has_due) AS has_due,
        min(last_day) AS last_day, min(base_amount_currency) AS currency, array_sort(array_agg(unique_id)) AS ids
    FROM today CROSS JOIN credits WHERE last_day - since > {days}
    GROUP BY supplier_ref HAVING -sum(base_amount) >= {least}
),
paid AS (
    SELECT ref AS paid_ref, sum(base_amount) AS amount FROM old JOIN transactions ON ref = supplier_ref
    WHERE base_amount > 0 AND coalesce(paid_date, payment_cleared_date) > oldest GROUP BY ref
)
SELECT
    concat(CASE WHEN old.credits = 1 THEN 'A credit' ELSE concat(CAST(old.credits AS VARCHAR), ' credits') END, ' of ', party(name, ref), ' for ', money(old.amount, currency),
        CASE WHEN old.credits = 1 THEN ' has not been taken, ' ELSE ' have not been taken, the oldest ' END, CAST(last_day - oldest AS VARCHAR), CASE WHEN has_due THEN ' days after it was due' ELSE ' days after it was entered' END) AS title,
    old.amount AS at_risk,
    currency,
    make_array(ref) AS suppliers,
    ids AS transactions,
    ref AS pattern,
    make_array('due_date', 'paid_date', 'base_amount', 'base_amount') AS fields,
    make_array(
        concat(CASE WHEN old.credits = 1 THEN 'it' ELSE 'the oldest' END, CASE WHEN has_due THEN ' was entered and due by ' ELSE ' was entered, or due, by ' END, CAST(oldest AS VARCHAR), '; the last day of the ledger is ', CAST(last_day AS VARCHAR)),
        concat('of the ', CAST(told.credits AS VARCHAR), ' credits as old in this ledger ', CAST(CAST(round(100 * share) AS BIGINT) AS VARCHAR), '% are marked as taken'),
        CASE WHEN paid.amount IS NULL THEN 'nothing was paid to the supplier since' ELSE concat(money(paid.amount, currency), ' was paid to the supplier since') END,
        concat('invoices for ', money(open_billed, currency), ' are open, against which it can be set off')) AS words,
    make_array(1.0, CASE WHEN share >= 0.9 THEN 1.0 ELSE 0.0 END, CASE WHEN paid.amount IS NULL THEN 0.0 ELSE 1.0 END, 0.0) AS bits
FROM told CROSS JOIN old
JOIN balances ON balance_ref = ref
LEFT JOIN paid ON paid_ref = ref
WHERE share >= {told} AND balance >= 0
