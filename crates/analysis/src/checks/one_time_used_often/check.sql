-- The flag as ERPs write it. A credit bills nothing.
WITH flagged AS (
    SELECT supplier_ref, min(supplier_name) AS name FROM suppliers
    WHERE upper(trim(one_time)) IN ('Y', 'YES', 'TRUE', '1', 'X', 'J', 'JA')
    GROUP BY supplier_ref
)
SELECT
    concat(party(min(name), flagged.supplier_ref), ' is flagged as one-time and has billed ', CAST(count(*) AS VARCHAR), ' times') AS title,
    sum(base_amount) AS at_risk,
    min(base_amount_currency) AS currency,
    make_array(flagged.supplier_ref) AS suppliers,
    array_sort(array_agg(unique_id)) AS transactions,
    flagged.supplier_ref AS pattern,
    flagged.supplier_ref AS known_by,
    make_array('one_time') AS fields,
    -- A ledger may know no day of them.
    make_array(concat(CAST(count(*) AS VARCHAR), ' invoices',
        CASE WHEN min(invoice_date) IS NULL THEN ', none with a date'
            ELSE concat(' from ', CAST(min(invoice_date) AS VARCHAR), ' to ', CAST(max(invoice_date) AS VARCHAR)) END)) AS words,
    make_array(4.0) AS bits
FROM flagged JOIN transactions ON transactions.supplier_ref = flagged.supplier_ref
WHERE coalesce(base_amount, 1) > 0
GROUP BY flagged.supplier_ref
HAVING count(*) >= {times}
