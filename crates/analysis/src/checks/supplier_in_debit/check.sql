WITH {{open_credits}},
owing AS (
    SELECT supplier_ref AS ref, min(supplier_name) AS name, count(*) AS credits, -sum(base_amount) AS amount, min(since) AS oldest, bool_and(has_due) AS has_due,
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
        concat(CASE WHEN owing.credits = 1 THEN 'a credit' ELSE concat(CAST(owing.credits AS VARCHAR), ' credits') END, ' for ', money(amount, currency),
            CASE WHEN owing.credits = 1 THEN ' is open' ELSE ' are open' END, ', against ',
            CASE WHEN open_billed IS NULL THEN 'no open invoice' ELSE concat('open invoices for ', money(open_billed, currency)) END),
        concat(CASE WHEN has_due THEN 'the oldest was entered and due by ' ELSE 'the oldest was entered, or due, by ' END, CAST(oldest AS VARCHAR), ', ', CAST(last_day - oldest AS VARCHAR), ' days before the last day of the ledger'),
        concat('of the ', CAST(told.credits AS VARCHAR), ' credits as old in this ledger ', CAST(CAST(round(100 * share) AS BIGINT) AS VARCHAR), '% are marked as taken'),
        CASE WHEN billed_on IS NULL THEN 'the ledger has no invoice of the supplier'
            ELSE concat('its latest invoice was entered on ', CAST(billed_on AS VARCHAR)) END) AS words,
    make_array(0.0, 1.0, CASE WHEN share >= 0.9 THEN 1.0 ELSE 0.0 END,
        CASE WHEN billed_on IS NULL OR last_day - billed_on > {days} THEN 1.0 ELSE 0.0 END) AS bits
FROM told CROSS JOIN owing
JOIN balances ON balance_ref = ref
LEFT JOIN latest ON latest_ref = ref
WHERE share >= {told} AND balance <= -{least}
