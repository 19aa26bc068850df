-- One row a variation of a supplier that is in use; fields of several variations count together.
SELECT supplier_ref, supplier_name, address_line_1, address_line_2, town, postcode, telephone, email,
    vat_key(vat_number, country) AS vat,
    account_key(iban, sort_code, account_number) AS account,
    company_registration_number
FROM suppliers
WHERE _active AND supplier_ref IS NOT NULL
ORDER BY supplier_ref, site_ref
