-- The day of the change is that on which the new row was last modified.
WITH held AS (
    SELECT supplier_ref, coalesce(site_ref, '') AS site, _active AS active, supplier_name, modified_date, modified_by,
        account_key(iban, sort_code, account_number) AS account, right(digits(telephone), 9) AS telephone, lower(trim(email)) AS email
    FROM suppliers
),
changed AS (
    SELECT new.supplier_ref, min(new.supplier_name) AS name, max(new.modified_date) AS changed_on,
        min(new.modified_by) AS changed_by, min(new.account) AS new_account, min(old.account) AS old_account,
        max(CASE WHEN new.telephone <> old.telephone THEN 2 WHEN new.telephone = old.telephone THEN 1 ELSE 0 END) AS telephone,
        max(CASE WHEN new.email <> old.email THEN 2 WHEN new.email = old.email THEN 1 ELSE 0 END) AS email
    FROM held new JOIN held old ON new.supplier_ref = old.supplier_ref AND new.site = old.site
    WHERE new.active AND NOT old.active AND new.account <> old.account AND new.modified_date IS NOT NULL
    GROUP BY new.supplier_ref
),
usual AS (
    -- Rows of one number and day are lines of an invoice where their amounts differ: they are called rows.
    SELECT transactions.supplier_ref, median(CAST(base_amount AS DOUBLE)) AS middle, count(base_amount) AS invoices,
        count(DISTINCT CASE WHEN digits(invoice_number) IS NOT NULL THEN concat(invoice_number, ' ', CAST(invoice_date AS VARCHAR)) END)
            < count(DISTINCT CASE WHEN digits(invoice_number) IS NOT NULL THEN concat(invoice_number, ' ', CAST(invoice_date AS VARCHAR), ' ', CAST(base_amount AS VARCHAR)) END) AS are_rows
    FROM changed JOIN transactions ON transactions.supplier_ref = changed.supplier_ref
    GROUP BY transactions.supplier_ref
)
SELECT
    concat('The account of ', party(min(name), changed.supplier_ref), ' was changed on ', CAST(min(changed_on) AS VARCHAR),
        ', and ', money(max(base_amount), min(base_amount_currency)), ' was paid on ', CAST(min(paid_date) AS VARCHAR)) AS title,
    sum(base_amount) AS at_risk,
    min(base_amount_currency) AS currency,
    make_array(changed.supplier_ref) AS suppliers,
    array_sort(array_agg(unique_id)) AS transactions,
    changed.supplier_ref AS pattern,
    concat(changed.supplier_ref, ' ', CAST(min(changed_on) AS VARCHAR)) AS known_by,
    make_array('account_number', 'paid_date', 'base_amount', 'telephone', 'email') AS fields,
    make_array(
        concat('the account ending in ', right(min(old_account), 4), ' became one ending in ', right(min(new_account), 4), coalesce(', keyed by ' || min(changed_by), '')),
        concat('paid ', CAST(min(paid_date) - min(changed_on) AS VARCHAR), ' days after the change; whether into the new account is not in the ledger'),
        concat('at least half of its ', CAST(min(invoices) AS VARCHAR), CASE WHEN bool_or(are_rows) THEN ' rows, lines of invoices counted one by one,' ELSE ' invoices' END, ' are ', money(min(middle), min(base_amount_currency)), ' or less, and this is ', CAST(CAST(round(max(CAST(base_amount AS DOUBLE) / middle)) AS BIGINT) AS VARCHAR), ' times as much'),
        CASE min(telephone) WHEN 2 THEN 'its telephone number changed with it: call one that was known before'
            WHEN 1 THEN 'its telephone number is the one from before' ELSE 'no telephone number of it is known from before and after' END,
        CASE min(email) WHEN 2 THEN 'its e-mail address changed with it'
            WHEN 1 THEN 'its e-mail address is the one from before' ELSE 'no e-mail address of it is known from before and after' END) AS words,
    make_array(0.0, 3.0, 4.0, CASE WHEN min(telephone) = 2 THEN 1.5 ELSE 0.0 END, CASE WHEN min(email) = 2 THEN 1.0 ELSE 0.0 END) AS bits
FROM changed
JOIN usual ON usual.supplier_ref = changed.supplier_ref
JOIN transactions ON transactions.supplier_ref = changed.supplier_ref
WHERE paid_date >= changed_on AND paid_date - changed_on <= {days} AND base_amount >= {times} * middle
GROUP BY changed.supplier_ref
