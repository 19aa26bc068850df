-- Users are compared in capitals. What was created before the ledger's first day was often moved from another system.
WITH beginning AS (SELECT min(entered_date) AS first_day FROM transactions),
created AS (
    SELECT supplier_ref AS ref, min(supplier_name) AS name, min(created_date) AS created_on, min(upper(trim(created_by))) AS creator
    FROM beginning CROSS JOIN suppliers
    WHERE created_by IS NOT NULL AND created_date >= first_day
    GROUP BY supplier_ref HAVING min(upper(trim(created_by))) = max(upper(trim(created_by)))
),
keyed AS (
    SELECT ref, min(name) AS name, min(created_on) AS created_on, min(creator) AS creator, count(*) AS invoices,
        count(CASE WHEN upper(trim(user_id)) = creator THEN 1 END) AS own,
        count(CASE WHEN upper(trim(approved_by)) <> creator THEN 1 END) AS approved_by_others, count(approved_by) AS approved, sum(base_amount) AS amount,
        min(base_amount_currency) AS currency, array_sort(array_agg(unique_id)) AS ids
    FROM created JOIN transactions ON ref = supplier_ref
    GROUP BY ref HAVING count(*) >= {count}
),
-- The share of the others: who is found is no habit of the department.
department AS (
    SELECT CASE WHEN count(*) > 1 THEN CAST(count(CASE WHEN own = invoices THEN 1 END) - 1 AS DOUBLE) / (count(*) - 1) ELSE 0.0 END AS habit,
        count(*) - 1 AS others
    FROM keyed
),
users AS (SELECT upper(trim(user_id)) AS keyer, count(*) AS keyed FROM transactions WHERE user_id IS NOT NULL GROUP BY 1),
everything AS (SELECT sum(keyed) AS of_all FROM users)
SELECT
    concat('All ', CAST(invoices AS VARCHAR), ' invoices of ', party(name, ref), ' were keyed by ', creator, ', who created it on ', CAST(created_on AS VARCHAR)) AS title,
    amount AS at_risk,
    currency,
    make_array(ref) AS suppliers,
    ids AS transactions,
    ref AS pattern,
    ref AS known_by,
    make_array('user_id', 'user_id', 'approved_by') AS fields,
    make_array(
        concat(creator, ' keyed ', CAST(round(100 * CAST(users.keyed AS DOUBLE) / of_all, 1) AS VARCHAR), '% of all invoices of the ledger, and all of these'),
        CASE WHEN others = 0 THEN 'no other new supplier has as many invoices'
            ELSE concat('of ', CAST(others AS VARCHAR), CASE WHEN others = 1 THEN ' other new supplier' ELSE ' other new suppliers' END,
                ' with as many invoices it is ', CAST(round(100 * habit, 1) AS VARCHAR), '%') END,
        CASE WHEN approved = 0 THEN 'who approved them is not in the ledger' ELSE 'nobody else approved any of them' END) AS words,
    make_array(least(5.0, -invoices * log2(CAST(users.keyed AS DOUBLE) / of_all) / 2), 0.5, CASE WHEN approved = 0 THEN 0.0 ELSE 1.0 END) AS bits
FROM everything CROSS JOIN department CROSS JOIN keyed
JOIN users ON keyer = creator
WHERE own = invoices AND approved_by_others = 0 AND amount >= {least} AND habit <= {habit} AND users.keyed <= {usual} * of_all
