-- Suppliers that have an account, and were paid by cheque all the same. The account itself is never shown: its
-- column holds what stands for it, which is there or is not.
WITH with_account AS (
    SELECT supplier_ref AS ref, min(supplier_name) AS name FROM suppliers
    WHERE _active AND coalesce(iban, account_number) IS NOT NULL GROUP BY supplier_ref
)
SELECT
    concat(party(min(name), ref), ' was paid ', money(sum(base_amount), min(base_amount_currency)), ' by cheque') AS title,
    sum(base_amount) AS at_risk,
    min(base_amount_currency) AS currency,
    make_array(ref) AS suppliers,
    array_sort(array_agg(unique_id)) AS transactions,
    ref AS pattern,
    ref AS known_by,
    make_array('payment_type', 'account_number') AS fields,
    make_array(concat(count(*), ' invoices above the limit were paid by cheque'), 'its entry has a bank account') AS words,
    make_array(1.0, 1.0) AS bits
FROM with_account JOIN transactions ON supplier_ref = ref
WHERE upper(payment_type) IN ('CHEQUE', 'CHECK', 'CHQ') AND base_amount > {limit}
GROUP BY ref
