-- Reference, name, country, number. Of suppliers abroad the number is that of another register.
SELECT supplier_ref, min(supplier_name), min(country_code(country)), min(letters_and_digits(company_registration_number))
FROM suppliers
WHERE _active AND supplier_ref IS NOT NULL AND company_registration_number IS NOT NULL
    AND coalesce(country_code(country), 'GB') = 'GB'
GROUP BY supplier_ref
HAVING min(letters_and_digits(company_registration_number)) = max(letters_and_digits(company_registration_number))
ORDER BY supplier_ref
