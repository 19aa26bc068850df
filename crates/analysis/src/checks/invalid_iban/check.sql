-- The function says what is wrong with each; null when nothing is.
SELECT
    concat('The IBAN of ', party(min(supplier_name), supplier_ref), ' cannot be one') AS title,
    make_array(supplier_ref) AS suppliers,
    supplier_ref AS pattern,
    make_array('iban') AS fields,
    make_array(concat('the IBAN ending in ', right(min(letters_and_digits(iban)), 4), ': ', min(iban_fault(iban)))) AS words,
    make_array(14.0) AS bits
FROM suppliers
WHERE _active AND iban_fault(iban) IS NOT NULL
GROUP BY supplier_ref
