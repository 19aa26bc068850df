-- What each supplier has billed, by what it is called; the account tells whether two are one.
SELECT s.supplier_ref, s.supplier_name, s.account, s.vat, s.address, coalesce(t.billed, 0) AS billed, t.currency
FROM (
    SELECT supplier_ref, min(supplier_name) AS supplier_name,
        min(account_key(iban, sort_code, account_number)) AS account,
        min(vat_key(vat_number, country)) AS vat,
        min(letters_and_digits(concat(address_line_1, postcode))) AS address
    FROM suppliers WHERE _active AND supplier_ref IS NOT NULL GROUP BY supplier_ref
) s
LEFT JOIN (
    SELECT supplier_ref, CAST(sum(base_amount) AS DOUBLE) AS billed, min(base_amount_currency) AS currency
    FROM transactions GROUP BY supplier_ref
) t ON s.supplier_ref = t.supplier_ref
ORDER BY billed DESC, s.supplier_ref
