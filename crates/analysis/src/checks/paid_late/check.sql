-- Late against the due date, and against how often the whole ledger is late.
WITH settled AS (
    SELECT supplier_ref, supplier_name, unique_id, base_amount, base_amount_currency, paid_date - due_date AS late,
        CAST(base_amount AS DOUBLE) AS size
    FROM transactions
    WHERE base_amount > 0 AND due_date IS NOT NULL AND paid_date IS NOT NULL AND supplier_ref IS NOT NULL
),
ledger AS (SELECT CAST(sum(CASE WHEN late > {days} THEN 1 ELSE 0 END) AS DOUBLE) / count(*) AS usual FROM settled),
those AS (
    SELECT supplier_ref AS ref, min(supplier_name) FILTER (WHERE late > {days}) AS name, count(*) AS settled, min(base_amount_currency) AS currency,
        count(CASE WHEN late > {days} THEN 1 END) AS invoices,
        sum(CASE WHEN late > {days} THEN size * late END) / 365 * {rate} AS interest,
        sum(CASE WHEN late > {days} THEN base_amount END) AS amount,
        sum(CASE WHEN late > {days} THEN size * late END) / sum(CASE WHEN late > {days} THEN size END) AS days
    FROM settled GROUP BY supplier_ref
    HAVING count(CASE WHEN late > {days} THEN 1 END) >= {count}
),
late_rows AS (
    SELECT supplier_ref AS late_ref, array_sort(array_agg(unique_id)) AS ids FROM those JOIN settled ON ref = supplier_ref
    WHERE late > {days} AND interest >= {least} GROUP BY supplier_ref
)
SELECT
    concat(CAST(invoices AS VARCHAR), ' invoices of ', party(name, ref), ' were paid ', CAST(CAST(round(days) AS BIGINT) AS VARCHAR),
        ' days after they were due: interest of ', money(interest, currency), ' may be asked for') AS title,
    make_array(ref) AS suppliers,
    ids AS transactions,
    ref AS pattern,
    ref AS known_by,
    make_array('paid_date', 'due_date', 'base_amount') AS fields,
    make_array(
        concat(CAST(invoices AS VARCHAR), ' of its ', CAST(those.settled AS VARCHAR), ' paid invoices were paid more than ', CAST({days} AS VARCHAR), ' days late'),
        concat('of all paid invoices of the ledger with a due date ', CAST(round(100 * usual, 1) AS VARCHAR), '% were so late'),
        concat(money(amount, currency), ' went out ', CAST(CAST(round(days) AS BIGINT) AS VARCHAR), ' days late in the mean, by amount: at ', CAST(round(100 * {rate}, 2) AS VARCHAR), '% a year ', money(interest, currency))) AS words,
    make_array(CASE WHEN 2 * invoices >= those.settled THEN 1.0 ELSE 0.5 END, 0.5, 0.0) AS bits
FROM ledger CROSS JOIN those
JOIN late_rows ON late_ref = ref
WHERE interest >= {least} AND invoices >= {times} * usual * those.settled
