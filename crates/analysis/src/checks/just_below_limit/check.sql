-- One row a supplier.
SELECT
    concat(CAST(count(*) FILTER (WHERE base_amount >= {limit} * (1 - {within}) AND base_amount < {limit}) AS VARCHAR), ' of ', CAST(count(*) AS VARCHAR),
        ' invoices of ', min(supplier_name), ' (', supplier_ref, ') lie just below {limit}') AS title,
    sum(base_amount) FILTER (WHERE base_amount >= {limit} * (1 - {within}) AND base_amount < {limit}) AS at_risk,
    min(base_amount_currency) AS currency,
    make_array(supplier_ref) AS suppliers,
    array_sort(array_agg(unique_id) FILTER (WHERE base_amount >= {limit} * (1 - {within}) AND base_amount < {limit})) AS transactions,
    supplier_ref AS pattern,
    supplier_ref AS known_by,
    make_array('base_amount', 'base_amount') AS fields,
    make_array(
        concat(CAST(count(*) FILTER (WHERE base_amount >= {limit} * (1 - {within}) AND base_amount < {limit}) AS VARCHAR), ' lie within ', CAST(100 * {within} AS VARCHAR), '% below {limit}'),
        concat(CAST(count(*) FILTER (WHERE base_amount >= {limit} AND base_amount < {limit} * (1 + {within})) AS VARCHAR), ' lie as near above it')) AS words,
    make_array(3.0, 1.0) AS bits
FROM transactions
WHERE supplier_ref IS NOT NULL AND base_amount > 0
GROUP BY supplier_ref
HAVING count(*) FILTER (WHERE base_amount >= {limit} * (1 - {within}) AND base_amount < {limit}) >= {count}
    AND count(*) FILTER (WHERE base_amount >= {limit} * (1 - {within}) AND base_amount < {limit}) >= {share} * count(*)
    AND count(DISTINCT base_amount) FILTER (WHERE base_amount >= {limit} * (1 - {within}) AND base_amount < {limit}) >= {amounts}
