-- Users are compared in capitals. Two ways in which an approver stands out, as rows of one shape.
WITH approved AS (
    SELECT supplier_ref AS ref, supplier_name, unique_id, invoice_number, base_amount, base_amount_currency,
        upper(trim(approved_by)) AS approver, upper(trim(user_id)) AS keyer
    FROM transactions WHERE approved_by IS NOT NULL AND base_amount > 0 AND supplier_ref IS NOT NULL
),
ledger AS (
    SELECT count(*) AS of_all, CAST(count(CASE WHEN approver = keyer THEN 1 END) AS DOUBLE) / count(*) AS habit FROM approved
),
approvers AS (SELECT approver AS who, count(*) AS approvals FROM approved GROUP BY approver),
usual AS (
    SELECT ref AS usual_ref, count(*) AS invoices, median(CAST(base_amount AS DOUBLE)) AS middle FROM approved GROUP BY ref
),
here AS (SELECT ref AS here_ref, approver AS here_by, count(*) AS here FROM approved GROUP BY ref, approver),
own AS (
    SELECT ref AS own_ref, approver AS own_by, min(supplier_name) AS name, count(*) AS invoices, sum(base_amount) AS amount,
        min(base_amount_currency) AS currency, array_sort(array_agg(unique_id)) AS ids
    FROM approved WHERE approver = keyer GROUP BY ref, approver HAVING sum(base_amount) >= {least}
)
SELECT
    'approved_by_keyer' AS kind,
    concat(CASE WHEN own.invoices = 1 THEN 'An invoice' ELSE concat(CAST(own.invoices AS VARCHAR), ' invoices') END, ' of ', party(name, own_ref), ' for ', money(amount, currency),
        CASE WHEN own.invoices = 1 THEN ' was' ELSE ' were' END, ' keyed and approved by ', own_by) AS title,
    CAST(amount AS DOUBLE) AS at_risk,
    currency,
    make_array(own_ref) AS suppliers,
    ids AS transactions,
    own_ref AS pattern,
    make_array('approved_by', 'user_id') AS fields,
    make_array(
        concat('of the ', CAST(of_all AS VARCHAR), ' approved invoices of the ledger ', CAST(round(100 * habit, 1) AS VARCHAR), '% were approved by who keyed them'),
        concat(own_by, ' keyed and approved ', CASE WHEN own.invoices = 1 THEN 'it' ELSE 'them' END)) AS words,
    make_array(2.5, 0.0) AS bits
FROM ledger CROSS JOIN own
WHERE habit <= {habit} AND of_all >= {ledger}
UNION ALL
SELECT
    'unusual_approver' AS kind,
    concat('Invoice ', coalesce(invoice_number, '(no number)'), ' of ', party(supplier_name, ref), ' for ', money(base_amount, base_amount_currency), ' was approved by ', approver, ', who hardly ever approves') AS title,
    CAST(base_amount AS DOUBLE) AS at_risk,
    base_amount_currency AS currency,
    make_array(ref) AS suppliers,
    make_array(unique_id) AS transactions,
    ref AS pattern,
    make_array('approved_by', 'base_amount') AS fields,
    make_array(
        concat(approver, ' approved ', CAST(approvals AS VARCHAR), ' of the ', CAST(of_all AS VARCHAR), ' approved invoices of the ledger, ', CAST(here AS VARCHAR), ' of the ', CAST(usual.invoices AS VARCHAR), ' of this supplier'),
        concat('at least half of its approved invoices are ', money(middle, base_amount_currency), ' or less')) AS words,
    make_array(2.5, 1.0) AS bits
FROM ledger CROSS JOIN approvers
JOIN approved ON approver = who
JOIN usual ON usual_ref = ref
JOIN here ON here_ref = ref AND here_by = approver
WHERE approvals <= {few} AND of_all >= {ledger} AND usual.invoices - here >= {count} AND base_amount >= {least}
    AND CAST(base_amount AS DOUBLE) >= 2 * middle AND (keyer IS NULL OR approver <> keyer)
