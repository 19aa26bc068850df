-- Reference, name, country, then numbers: the number in the register of companies, of VAT and of tax.
SELECT supplier_ref, min(supplier_name), min(country_code(country)), min(letters_and_digits(company_registration_number)),
    min(letters_and_digits(vat_number)), min(letters_and_digits(tax_id))
FROM suppliers WHERE _active AND supplier_ref IS NOT NULL AND supplier_name IS NOT NULL
GROUP BY supplier_ref
ORDER BY supplier_ref
