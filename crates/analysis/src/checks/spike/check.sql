-- Median of the logarithms, then the median of the distances from it: what a few spikes cannot move.
WITH billed AS (
    SELECT supplier_ref, unique_id, base_amount, ln(CAST(base_amount AS DOUBLE)) AS size
    FROM transactions WHERE base_amount > 0 AND supplier_ref IS NOT NULL
),
middle AS (
    SELECT supplier_ref, median(size) AS usual, count(*) AS invoices, max(base_amount) AS largest
    FROM billed GROUP BY supplier_ref HAVING count(*) >= {count}
),
spread AS (
    SELECT billed.supplier_ref, median(abs(size - usual)) AS mad,
        max(CASE WHEN base_amount < largest THEN size END) AS next_size,
        sum(CASE WHEN base_amount = largest THEN 1 ELSE 0 END) AS at_top
    FROM middle JOIN billed ON billed.supplier_ref = middle.supplier_ref
    GROUP BY billed.supplier_ref
),
-- Where no invoice of the ledger names an order, none is missing on this one.
orders AS (
    SELECT count(*) > 0 AS tells_orders FROM (SELECT po_number FROM transactions WHERE po_number IS NOT NULL LIMIT 1)
),
-- Where no invoice of the ledger has a day of payment, none says that another is not paid.
cleared AS (
    SELECT count(*) > 0 AS tells_payments
    FROM (SELECT unique_id FROM transactions WHERE paid_date IS NOT NULL OR payment_cleared_date IS NOT NULL LIMIT 1)
),
far_above AS (
    SELECT t.supplier_ref AS ref, t.supplier_name AS name, t.unique_id AS id, t.invoice_number AS number, t.base_amount AS amount,
        t.base_amount_currency AS currency, t.po_number AS order_number, usual, invoices, next_size, tells_orders, tells_payments,
        t.paid_date IS NOT NULL OR t.payment_cleared_date IS NOT NULL AS is_paid
    FROM middle
    JOIN spread ON spread.supplier_ref = middle.supplier_ref
    JOIN transactions t ON t.supplier_ref = middle.supplier_ref
    CROSS JOIN orders
    CROSS JOIN cleared
    WHERE base_amount = largest AND at_top = 1
        AND ln(CAST(base_amount AS DOUBLE)) - usual >= ln({times})
        AND ln(CAST(base_amount AS DOUBLE)) - next_size >= ln({apart})
        AND ln(CAST(base_amount AS DOUBLE)) - usual >= {score} * 1.4826 * mad
),
-- Lines of one invoice that have Unique IDs of their own are compared one by one, and called what they are: rows. Of one
-- number and day they are lines where their amounts differ.
told AS (
    SELECT ref, name, id, number, amount, currency, order_number, usual, invoices, next_size, tells_orders, tells_payments, is_paid,
        count(DISTINCT CASE WHEN digits(other.invoice_number) IS NOT NULL THEN concat(other.invoice_number, ' ', CAST(other.invoice_date AS VARCHAR)) END)
            < count(DISTINCT CASE WHEN digits(other.invoice_number) IS NOT NULL THEN concat(other.invoice_number, ' ', CAST(other.invoice_date AS VARCHAR), ' ', CAST(other.base_amount AS VARCHAR)) END) AS are_rows,
        count(*) FILTER (WHERE ln(CAST(other.base_amount AS DOUBLE)) <= usual + 1e-12) AS at_most
    FROM far_above JOIN transactions other ON other.supplier_ref = ref
    WHERE other.base_amount > 0
    GROUP BY ref, name, id, number, amount, currency, order_number, usual, invoices, next_size, tells_orders, tells_payments, is_paid
),
worded AS (
    SELECT *,
        concat(CAST(at_most AS VARCHAR), ' of its ', CAST(invoices AS VARCHAR), CASE WHEN are_rows THEN ' rows, lines of invoices counted one by one,' ELSE ' invoices' END, ' are ', money(exp(usual), currency),
            ' or less, and this one is ', money(CAST(amount AS DOUBLE) - exp(usual), currency), ' more') AS half,
        concat('the next largest is ', money(exp(next_size), currency)) AS next_largest
    FROM told
)
SELECT
    concat(CASE WHEN are_rows THEN 'A row of invoice ' ELSE 'Invoice ' END, coalesce(number, '(no number)'), ' of ', party(name, ref), ' for ', money(amount, currency), ' is ',
        CAST(CAST(round(CAST(amount AS DOUBLE) / exp(usual)) AS BIGINT) AS VARCHAR), CASE WHEN are_rows THEN ' times the usual row of that supplier' ELSE ' times what it usually bills' END) AS title,
    amount AS at_risk,
    currency,
    make_array(ref) AS suppliers,
    make_array(id) AS transactions,
    ref AS pattern,
    CASE WHEN is_paid THEN 'Compare the invoice with its order: it is paid, so what was not ordered has to be asked back.'
        WHEN tells_payments THEN 'It has no day of payment yet: hold it back until it is compared with its order.' END AS next_step,
    CASE WHEN tells_orders THEN make_array('base_amount', 'base_amount', 'po_number')
        ELSE make_array('base_amount', 'base_amount') END AS fields,
    CASE WHEN tells_orders THEN make_array(
            half,
            next_largest,
            CASE WHEN order_number IS NULL THEN 'no purchase order is named' ELSE concat('it names purchase order ', order_number) END)
        ELSE make_array(half, next_largest) END AS words,
    CASE WHEN tells_orders THEN make_array(3.0, 1.0, CASE WHEN order_number IS NULL THEN 0.5 ELSE -0.5 END)
        ELSE make_array(3.0, 1.0) END AS bits
FROM worded
