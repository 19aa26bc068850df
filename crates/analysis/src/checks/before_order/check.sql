-- Invoices that name the day of their order, by supplier, against the whole ledger.
WITH ordered AS (
    SELECT supplier_ref, supplier_name, unique_id, base_amount, base_amount_currency, order_date - invoice_date AS ahead
    FROM transactions WHERE order_date IS NOT NULL AND invoice_date IS NOT NULL AND base_amount > 0 AND supplier_ref IS NOT NULL
),
ledger AS (SELECT CAST(count(CASE WHEN ahead > {days} THEN 1 END) AS DOUBLE) / count(*) AS usual FROM ordered),
those AS (
    SELECT supplier_ref AS ref, min(supplier_name) FILTER (WHERE ahead > {days}) AS name, count(*) AS ordered, count(CASE WHEN ahead > {days} THEN 1 END) AS invoices,
        sum(CASE WHEN ahead > {days} THEN base_amount END) AS amount, min(base_amount_currency) AS currency,
        max(ahead) AS longest, array_sort(array_agg(unique_id) FILTER (WHERE ahead > {days})) AS ids
    FROM ordered GROUP BY supplier_ref
    HAVING count(CASE WHEN ahead > {days} THEN 1 END) >= {count}
)
SELECT
    concat(CAST(invoices AS VARCHAR), ' invoices of ', party(name, ref), ' for ', money(amount, currency), ' are dated before their orders') AS title,
    make_array(ref) AS suppliers,
    ids AS transactions,
    ref AS pattern,
    ref AS known_by,
    make_array('order_date', 'order_date', 'invoice_date') AS fields,
    make_array(
        concat(CAST(invoices AS VARCHAR), ' of its ', CAST(those.ordered AS VARCHAR), ' invoices with an order are dated more than ', CAST({days} AS VARCHAR), ' days before it'),
        concat('of all invoices of the ledger with an order ', CAST(round(100 * usual, 1) AS VARCHAR), '% are dated so long before it'),
        concat('the order that came last was written ', CAST(longest AS VARCHAR), ' days after the date of its invoice')) AS words,
    make_array(1.0, 0.5, 0.0) AS bits
FROM ledger CROSS JOIN those
WHERE invoices >= {share} * those.ordered AND invoices >= {times} * usual * those.ordered
