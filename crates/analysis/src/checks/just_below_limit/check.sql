-- One row a supplier. Invoices are listed for the few that are left: lists of all would be the whole ledger.
WITH near AS (
    SELECT supplier_ref AS ref, count(*) AS invoices,
        count(*) FILTER (WHERE base_amount >= {limit} * (1 - {within}) AND base_amount < {limit}) AS below,
        count(*) FILTER (WHERE base_amount >= {limit} AND base_amount < {limit} * (1 + {within})) AS above
    FROM transactions
    WHERE supplier_ref IS NOT NULL AND base_amount > 0
    GROUP BY supplier_ref
    HAVING count(*) FILTER (WHERE base_amount >= {limit} * (1 - {within}) AND base_amount < {limit}) >= {count}
        AND count(*) FILTER (WHERE base_amount >= {limit} * (1 - {within}) AND base_amount < {limit}) >= {share} * count(*)
)
SELECT
    concat(CAST(min(below) AS VARCHAR), ' of ', CAST(min(invoices) AS VARCHAR),
        ' invoices of ', party(min(supplier_name), supplier_ref), ' lie just below ', money({limit}, min(base_amount_currency))) AS title,
    sum(base_amount) AS at_risk,
    min(base_amount_currency) AS currency,
    make_array(supplier_ref) AS suppliers,
    array_sort(array_agg(unique_id)) AS transactions,
    supplier_ref AS pattern,
    supplier_ref AS known_by,
    make_array('base_amount', 'base_amount') AS fields,
    make_array(
        concat(CAST(min(below) AS VARCHAR), ' lie within ', CAST(100 * {within} AS VARCHAR), '% below ', money({limit}, min(base_amount_currency)), ', {limit.basis}'),
        concat(CAST(min(above) AS VARCHAR), ' lie as near above it')) AS words,
    make_array(3.0, 1.0) AS bits
FROM near JOIN transactions ON supplier_ref = ref
WHERE base_amount >= {limit} * (1 - {within}) AND base_amount < {limit}
GROUP BY supplier_ref
HAVING count(DISTINCT base_amount) >= {amounts}
