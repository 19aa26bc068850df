-- The terms are read once a supplier; those of its sites must be the same.
WITH terms AS (
    SELECT supplier_ref AS ref, min(supplier_name) AS name, min(payment_terms) AS terms,
        discount_share(min(payment_terms)) AS share, discount_days(min(payment_terms)) AS days
    FROM suppliers WHERE _active AND supplier_ref IS NOT NULL AND payment_terms IS NOT NULL
    GROUP BY supplier_ref HAVING min(payment_terms) = max(payment_terms) AND discount_share(min(payment_terms)) IS NOT NULL
),
settled AS (
    SELECT ref, name, terms, share, days, unique_id, base_amount, base_amount_currency, discount_amount, invoice_amount,
        discount_amount > 0 AND paid_date - invoice_date > days + {grace} AS is_late,
        paid_date - invoice_date > days + {grace} AND coalesce(received_date, invoice_date) - invoice_date + {handling} <= days
            AND coalesce(discount_amount, 0) = 0 AS is_lost
    FROM terms JOIN transactions ON ref = supplier_ref
    WHERE base_amount > 0 AND paid_date IS NOT NULL AND invoice_date IS NOT NULL
),
those AS (
    SELECT ref, min(name) AS name, min(terms) AS terms, min(share) AS share, min(days) AS days, min(base_amount_currency) AS currency,
        count(*) AS settled, count(CASE WHEN is_lost THEN 1 END) AS invoices,
        sum(CASE WHEN is_lost THEN base_amount END) AS amount, array_sort(array_agg(unique_id) FILTER (WHERE is_lost)) AS ids,
        count(CASE WHEN is_late THEN 1 END) AS late_invoices, array_sort(array_agg(unique_id) FILTER (WHERE is_late)) AS late_ids,
        sum(CASE WHEN is_late THEN CAST(discount_amount AS DOUBLE) * CAST(base_amount AS DOUBLE) / nullif(CAST(invoice_amount AS DOUBLE), 0) END) AS taken
    FROM settled GROUP BY ref
)
SELECT
    'discount_lost' AS kind,
    concat('Discounts of ', money(CAST(amount AS DOUBLE) * share, currency), ' on ',
        CASE WHEN invoices = 1 THEN 'an invoice' ELSE concat(CAST(invoices AS VARCHAR), ' invoices') END, ' of ', party(name, ref), ' were let go by') AS title,
    make_array(ref) AS suppliers,
    ids AS transactions,
    ref AS pattern,
    ref AS known_by,
    make_array('payment_terms', 'paid_date', 'base_amount') AS fields,
    make_array(
        concat('its terms are ', terms, ': ', CAST(round(100 * share, 2) AS VARCHAR), '% within ', CAST(CAST(days AS BIGINT) AS VARCHAR), ' days'),
        concat(CAST(invoices AS VARCHAR), ' of its ', CAST(settled AS VARCHAR), ' paid invoices came in time and were paid too late for it'),
        concat(CAST(round(100 * share, 2) AS VARCHAR), '% of ', money(amount, currency), ' is ', money(CAST(amount AS DOUBLE) * share, currency))) AS words,
    make_array(1.0, 0.5, 0.0) AS bits
FROM those WHERE CAST(amount AS DOUBLE) * share >= {least}
UNION ALL
SELECT
    'discount_taken_late' AS kind,
    concat('Discounts of ', money(taken, currency), ' on ',
        CASE WHEN late_invoices = 1 THEN 'an invoice' ELSE concat(CAST(late_invoices AS VARCHAR), ' invoices') END, ' of ', party(name, ref), ' were taken too late') AS title,
    make_array(ref) AS suppliers,
    late_ids AS transactions,
    ref AS pattern,
    concat(ref, ' late') AS known_by,
    make_array('payment_terms', 'paid_date', 'discount_amount') AS fields,
    make_array(
        concat('its terms are ', terms, ': ', CAST(round(100 * share, 2) AS VARCHAR), '% within ', CAST(CAST(days AS BIGINT) AS VARCHAR), ' days'),
        concat(CAST(late_invoices AS VARCHAR), ' of its ', CAST(settled AS VARCHAR), ' paid invoices were paid too late for it and less the discount'),
        concat('the supplier may ask for ', money(taken, currency))) AS words,
    make_array(1.0, 1.0, 0.0) AS bits
FROM those WHERE taken >= {least}
