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
far_above AS (
    SELECT t.*, usual, tells_orders,
        concat('half of its ', CAST(invoices AS VARCHAR), ' invoices are below ', money(exp(usual), base_amount_currency)) AS half,
        concat('the next largest is ', money(exp(next_size), base_amount_currency)) AS next_largest
    FROM middle
    JOIN spread ON spread.supplier_ref = middle.supplier_ref
    JOIN transactions t ON t.supplier_ref = middle.supplier_ref
    CROSS JOIN orders
    WHERE base_amount = largest AND at_top = 1
        AND ln(CAST(base_amount AS DOUBLE)) - usual >= ln({times})
        AND ln(CAST(base_amount AS DOUBLE)) - next_size >= ln({apart})
        AND ln(CAST(base_amount AS DOUBLE)) - usual >= {score} * 1.4826 * mad
)
SELECT
    concat('Invoice ', coalesce(invoice_number, '(no number)'), ' of ', party(supplier_name, supplier_ref), ' for ', money(base_amount, base_amount_currency), ' is ',
        CAST(CAST(round(CAST(base_amount AS DOUBLE) / exp(usual)) AS BIGINT) AS VARCHAR), ' times what it usually bills') AS title,
    CAST(base_amount AS DOUBLE) - exp(usual) AS at_risk,
    base_amount_currency AS currency,
    make_array(supplier_ref) AS suppliers,
    make_array(unique_id) AS transactions,
    supplier_ref AS pattern,
    CASE WHEN tells_orders THEN make_array('base_amount', 'base_amount', 'po_number')
        ELSE make_array('base_amount', 'base_amount') END AS fields,
    CASE WHEN tells_orders THEN make_array(
            half,
            next_largest,
            CASE WHEN po_number IS NULL THEN 'no purchase order is named' ELSE concat('it names purchase order ', po_number) END)
        ELSE make_array(half, next_largest) END AS words,
    CASE WHEN tells_orders THEN make_array(3.0, 1.0, CASE WHEN po_number IS NULL THEN 0.5 ELSE -0.5 END)
        ELSE make_array(3.0, 1.0) END AS bits
FROM far_above
