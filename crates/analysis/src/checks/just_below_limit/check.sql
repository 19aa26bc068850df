-- One row a supplier. Invoices are listed for the few that are left: lists of all would be the whole ledger.
WITH near AS (
    SELECT supplier_ref AS ref, count(*) AS invoices,
        count(*) FILTER (WHERE {limit.amount} >= {limit} * (1 - {within}) AND {limit.amount} < {limit}) AS below,
        count(*) FILTER (WHERE {limit.amount} >= {limit} AND {limit.amount} < {limit} * (1 + {within})) AS above
    FROM transactions
    WHERE supplier_ref IS NOT NULL AND {limit.amount} > 0 AND {limit.rows}
    GROUP BY supplier_ref
    HAVING count(*) FILTER (WHERE {limit.amount} >= {limit} * (1 - {within}) AND {limit.amount} < {limit}) >= {count}
        AND count(*) FILTER (WHERE {limit.amount} >= {limit} * (1 - {within}) AND {limit.amount} < {limit}) >= {share} * count(*)
)
SELECT
    concat(CAST(min(below) AS VARCHAR), ' of ', CAST(min(invoices) AS VARCHAR),
        ' {limit.those}invoices of ', party(min(supplier_name), supplier_ref), ' lie just below ', money({limit}, min({limit.currency}))) AS title,
    sum({limit.amount}) AS at_risk,
    min({limit.currency}) AS currency,
    make_array(supplier_ref) AS suppliers,
    array_sort(array_agg(unique_id)) AS transactions,
    concat(supplier_ref, '{limit.key}') AS pattern,
    concat(supplier_ref, '{limit.key}') AS known_by,
    make_array('{limit.amount}', '{limit.amount}') AS fields,
    make_array(
        concat(CAST(min(below) AS VARCHAR), ' lie within ', CAST(round(100 * {within}, 2) AS VARCHAR), '% below ', money({limit}, min({limit.currency})), ', {limit.basis}'),
        CASE min(above) WHEN 0 THEN 'none lies as near above it' WHEN 1 THEN '1 lies as near above it' ELSE concat(CAST(min(above) AS VARCHAR), ' lie as near above it') END) AS words,
    make_array(3.0, CASE WHEN min(above) = 0 THEN 1.0 WHEN min(above) < min(below) THEN 0.0 ELSE -1.0 END) AS bits
FROM near JOIN transactions ON supplier_ref = ref
WHERE {limit.amount} >= {limit} * (1 - {within}) AND {limit.amount} < {limit} AND {limit.rows}
GROUP BY supplier_ref
HAVING count(DISTINCT {limit.amount}) >= {amounts}
