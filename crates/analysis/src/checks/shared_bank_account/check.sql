-- One row an account: who is paid into it. All of one VAT registration: a group, and innocent.
WITH accounts AS (
    SELECT supplier_ref, account_key(iban, sort_code, account_number) AS account, min(supplier_name) AS name,
        min(vat_key(vat_number, country_code(country))) AS vat, min(company_key(supplier_name)) AS name_key
    FROM suppliers
    WHERE _active AND supplier_ref IS NOT NULL
    GROUP BY supplier_ref, account_key(iban, sort_code, account_number)
),
-- Lists of all would be the whole file.
counted AS (SELECT *, count(*) OVER (PARTITION BY account) AS holders FROM accounts WHERE account IS NOT NULL)
SELECT
    concat(CAST(count(*) AS VARCHAR), ' suppliers are paid into one account: ',
        array_to_string(array_sort(array_agg(party(name, supplier_ref))), ', ')) AS title,
    array_sort(array_agg(supplier_ref)) AS suppliers,
    min(supplier_ref) AS pattern,
    make_array('account_number', 'supplier_name') AS fields,
    make_array(
        concat('the account ending in ', right(min(account), 4), ' belongs to ', CAST(count(*) AS VARCHAR), ' suppliers; nearly all accounts of the file belong to one'),
        CASE WHEN count(DISTINCT name_key) = 1 THEN 'they have one name: one supplier that is in the file more than once'
            ELSE 'their names and VAT registrations are not one' END) AS words,
    make_array(12.0, CASE WHEN count(DISTINCT name_key) = 1 THEN -1.0 ELSE 0.5 END) AS bits
FROM counted
WHERE holders BETWEEN 2 AND {most}
GROUP BY account
HAVING NOT (count(vat) = count(*) AND count(DISTINCT vat) = 1)
