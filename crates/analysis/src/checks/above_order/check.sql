-- One row an order of a supplier; its value is in the currency of its invoices. Invoices are listed for the few
-- orders that are left: lists of all would be the whole ledger.
WITH named AS (
    SELECT *, CAST(base_amount AS DOUBLE) AS base_size, CAST(invoice_amount AS DOUBLE) AS size FROM transactions
    WHERE po_number IS NOT NULL AND supplier_ref IS NOT NULL AND invoice_amount IS NOT NULL
),
orders AS (
    SELECT supplier_ref AS of_ref, po_number AS of_number, max(order_value) AS ordered, count(*) AS invoices,
        sum(invoice_amount) AS gross, sum(invoice_amount - coalesce(vat_amount, 0)) AS net, count(*) = count(vat_amount) AS has_vat,
        min(invoice_amount_currency) AS currency, sum(base_size) / nullif(sum(size), 0) AS in_base
    FROM named
    GROUP BY supplier_ref, po_number
    HAVING max(order_value) > 0 AND min(order_value) = max(order_value)
        AND coalesce(min(invoice_amount_currency), '') = coalesce(max(invoice_amount_currency), '')
        AND sum(invoice_amount) > max(order_value)
),
above AS (
    SELECT orders.*, CASE WHEN has_vat THEN net ELSE gross END AS billed,
        CAST(CASE WHEN has_vat THEN net ELSE gross END AS DOUBLE) - CAST(ordered AS DOUBLE) AS excess FROM orders
),
told AS (
    SELECT * FROM above
    WHERE excess >= ({tolerance} + CASE WHEN has_vat THEN 0 ELSE {tax} END) * CAST(ordered AS DOUBLE) AND excess * in_base >= {least}
),
listed AS (
    SELECT of_ref AS ref, of_number AS number, min(supplier_name) AS name, min(ordered) AS ordered, min(invoices) AS invoices, min(billed) AS billed,
        bool_and(has_vat) AS has_vat, min(currency) AS currency, min(base_amount_currency) AS base_currency, min(excess) AS excess, min(in_base) AS in_base,
        array_sort(array_agg(unique_id)) AS ids
    FROM told JOIN named ON supplier_ref = of_ref AND po_number = of_number
    GROUP BY of_ref, of_number
)
SELECT
    concat('Invoices on order ', number, ' of ', party(name, ref), ' come to ', money(billed, currency), CASE WHEN has_vat THEN ' without VAT' ELSE '' END,
        ', ', money(excess, currency), ' above its value') AS title,
    excess * in_base AS at_risk,
    base_currency AS currency,
    make_array(ref) AS suppliers,
    ids AS transactions,
    ref AS pattern,
    concat(ref, ' ', number) AS known_by,
    make_array('order_value', 'invoice_amount', 'vat_amount') AS fields,
    make_array(
        concat('the order''s value is ', money(ordered, currency)),
        concat(CASE WHEN invoices = 1 THEN 'the one invoice on it is' ELSE concat('the ', CAST(invoices AS VARCHAR), ' invoices on it are together') END, ' ',
            CAST(CAST(round(100 * excess / CAST(ordered AS DOUBLE)) AS BIGINT) AS VARCHAR), '% above it'),
        CASE WHEN has_vat THEN 'compared without VAT, which the ledger has for all of them' ELSE 'the VAT in them is not in the ledger: they are compared with it' END) AS words,
    make_array(1.0, CASE WHEN excess >= 0.5 * CAST(ordered AS DOUBLE) THEN 1.0 ELSE 0.0 END, CASE WHEN has_vat THEN 0.5 ELSE -0.5 END) AS bits
FROM listed
