-- The first payment of each supplier against the day it was created.
WITH created AS (
    SELECT supplier_ref, min(supplier_name) AS name, min(created_date) AS created_on, min(created_by) AS created_by
    FROM suppliers WHERE created_date IS NOT NULL GROUP BY supplier_ref
)
SELECT
    concat(party(min(name), created.supplier_ref), ' was created on ', CAST(min(created_on) AS VARCHAR), ' and paid on ', CAST(min(paid_date) AS VARCHAR)) AS title,
    sum(base_amount) AS at_risk,
    min(base_amount_currency) AS currency,
    make_array(created.supplier_ref) AS suppliers,
    array_sort(array_agg(unique_id)) AS transactions,
    created.supplier_ref AS pattern,
    created.supplier_ref AS known_by,
    make_array('paid_date') AS fields,
    make_array(concat('paid ', CAST(min(paid_date) - min(created_on) AS VARCHAR), ' days after it was created', coalesce(' by ' || min(created_by), ''))) AS words,
    make_array(3.0) AS bits
FROM created JOIN transactions ON transactions.supplier_ref = created.supplier_ref
WHERE paid_date >= created_on AND paid_date - created_on <= {days} AND base_amount >= {least}
GROUP BY created.supplier_ref
