-- Strong first: the account. Shared by more than a few, a telephone or an address is an office's.
WITH people AS (
    SELECT employee_id, account_key(iban, sort_code, account_number) AS account,
        upper(trim(coalesce(last_name, ''))) AS surname,
        letters_and_digits(concat(coalesce(address_line_1, ''), coalesce(address_line_2, ''), coalesce(postcode, ''))) AS address,
        digits(telephone) AS telephone, digits(mobile) AS mobile, lower(trim(email)) AS email
    FROM employees WHERE _active AND employee_id IS NOT NULL
),
parties AS (
    SELECT supplier_ref, supplier_name AS name, concat(' ', upper(supplier_name), ' ') AS spaced,
        account_key(iban, sort_code, account_number) AS account,
        letters_and_digits(concat(coalesce(address_line_1, ''), coalesce(address_line_2, ''), coalesce(postcode, ''))) AS address,
        digits(telephone) AS telephone, lower(trim(email)) AS email
    FROM suppliers WHERE _active AND supplier_ref IS NOT NULL
),
met AS (
    SELECT 'employee_bank_account' AS kind, s.supplier_ref, s.name, e.employee_id, 0.95 AS probability, 7.0 AS weight,
        'account_number' AS field, 'the supplier is paid into the account that the employee''s pay goes to' AS words
    FROM parties s JOIN people e ON s.account = e.account
    UNION ALL
    SELECT 'employee_name_and_address', s.supplier_ref, s.name, e.employee_id, 0.75, 5.0,
        'address_line_1', 'the supplier bears the employee''s surname and has the employee''s address'
    FROM parties s JOIN people e ON s.address = e.address
    WHERE e.surname <> '' AND length(s.address) > 8 AND strpos(s.spaced, concat(' ', e.surname, ' ')) > 0
    UNION ALL
    SELECT 'employee_telephone', s.supplier_ref, s.name, e.employee_id, 0.6, 4.0,
        'telephone', 'the supplier has the employee''s telephone number'
    FROM parties s JOIN people e ON s.telephone = e.telephone WHERE length(s.telephone) >= 7
    UNION ALL
    SELECT 'employee_telephone', s.supplier_ref, s.name, e.employee_id, 0.6, 4.0,
        'telephone', 'the supplier has the employee''s mobile number'
    FROM parties s JOIN people e ON s.telephone = e.mobile WHERE length(s.telephone) >= 7
    UNION ALL
    SELECT 'employee_email', s.supplier_ref, s.name, e.employee_id, 0.7, 5.0,
        'email', 'the supplier has the employee''s own e-mail address'
    FROM parties s JOIN people e ON s.email = e.email WHERE strpos(s.email, '@') > 0
),
once AS (
    SELECT kind, supplier_ref, employee_id, field, words, min(name) AS name, max(probability) AS probability, max(weight) AS weight
    FROM met GROUP BY kind, supplier_ref, employee_id, field, words
)
SELECT
    first_value(kind ORDER BY weight DESC) AS kind,
    concat('Supplier ', min(name), ' (', supplier_ref, ') and employee ', employee_id, ' seem to be one: ',
        first_value(words ORDER BY weight DESC)) AS title,
    max(probability) AS probability,
    make_array(supplier_ref) AS suppliers,
    make_array(employee_id) AS employees,
    supplier_ref AS pattern,
    array_agg(field ORDER BY weight DESC) AS fields,
    array_agg(words ORDER BY weight DESC) AS words,
    array_agg(weight ORDER BY weight DESC) AS bits
FROM once
GROUP BY supplier_ref, employee_id
