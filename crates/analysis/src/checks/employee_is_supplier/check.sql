-- What each holds, one row a value; held by more than a few, a value is an office's or a placeholder, and
-- left out before anything is joined. Telephones are compared by their last nine digits: +44 or 0 before.
WITH people AS (
    SELECT 'employee_bank_account' AS kind, account_key(iban, sort_code, account_number) AS value, employee_id, '' AS surname,
        7.0 AS weight, 'account_number' AS field,
        'the supplier is paid into the account that the employee''s pay goes to' AS words
    FROM employees WHERE _active
    UNION ALL
    SELECT 'employee_name_and_address',
        letters_and_digits(concat(coalesce(address_line_1, ''), coalesce(address_line_2, ''), coalesce(postcode, ''))),
        employee_id, upper(trim(coalesce(last_name, ''))), 5.0, 'address_line_1',
        'the supplier bears the employee''s surname and has the employee''s address'
    FROM employees WHERE _active AND trim(last_name) <> ''
    UNION ALL
    SELECT 'employee_telephone', right(digits(telephone), 9), employee_id, '', 4.0, 'telephone',
        'the supplier has the employee''s telephone number'
    FROM employees WHERE _active AND length(digits(telephone)) >= 7
    UNION ALL
    SELECT 'employee_telephone', right(digits(mobile), 9), employee_id, '', 4.0, 'telephone',
        'the supplier has the employee''s mobile number'
    FROM employees WHERE _active AND length(digits(mobile)) >= 7
    UNION ALL
    SELECT 'employee_email', lower(trim(email)), employee_id, '', 5.0, 'email',
        'the supplier has the employee''s own e-mail address'
    FROM employees WHERE _active AND strpos(email, '@') > 0
),
parties AS (
    SELECT 'employee_bank_account' AS kind, account_key(iban, sort_code, account_number) AS value, supplier_ref, supplier_name AS name
    FROM suppliers WHERE _active
    UNION ALL
    SELECT 'employee_name_and_address',
        letters_and_digits(concat(coalesce(address_line_1, ''), coalesce(address_line_2, ''), coalesce(postcode, ''))), supplier_ref, supplier_name
    FROM suppliers WHERE _active
    UNION ALL
    SELECT 'employee_telephone', right(digits(telephone), 9), supplier_ref, supplier_name
    FROM suppliers WHERE _active AND length(digits(telephone)) >= 7
    UNION ALL
    SELECT 'employee_email', lower(trim(email)), supplier_ref, supplier_name
    FROM suppliers WHERE _active AND strpos(email, '@') > 0
),
of_few_people AS (
    SELECT kind, value FROM people WHERE length(value) >= 7 AND employee_id IS NOT NULL
    GROUP BY kind, value HAVING count(DISTINCT employee_id) <= {most_employees}
),
of_few AS (
    SELECT parties.kind, parties.value FROM parties
    JOIN of_few_people ON parties.kind = of_few_people.kind AND parties.value = of_few_people.value
    WHERE supplier_ref IS NOT NULL
    GROUP BY parties.kind, parties.value HAVING count(DISTINCT supplier_ref) <= {most_suppliers}
),
once AS (
    SELECT people.kind, supplier_ref, employee_id, field, words, min(name) AS name, max(weight) AS weight
    FROM of_few
    JOIN people ON of_few.kind = people.kind AND of_few.value = people.value
    JOIN parties ON of_few.kind = parties.kind AND of_few.value = parties.value
    WHERE supplier_ref IS NOT NULL AND employee_id IS NOT NULL
        AND (surname = '' OR strpos(concat(' ', upper(name), ' '), concat(' ', surname, ' ')) > 0)
    GROUP BY people.kind, supplier_ref, employee_id, field, words
)
SELECT
    first_value(kind ORDER BY weight DESC, words) AS kind,
    concat('Supplier ', party(min(name), supplier_ref), ' and employee ', employee_id, ' share something: ',
        first_value(words ORDER BY weight DESC, words)) AS title,
    make_array(supplier_ref) AS suppliers,
    make_array(employee_id) AS employees,
    supplier_ref AS pattern,
    concat(supplier_ref, ' ', employee_id) AS known_by,
    array_agg(field ORDER BY weight DESC, words) AS fields,
    array_agg(words ORDER BY weight DESC, words) AS words,
    array_agg(weight ORDER BY weight DESC, words) AS bits
FROM once
GROUP BY supplier_ref, employee_id
