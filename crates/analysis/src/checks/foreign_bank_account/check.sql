-- Country of the IBAN against country of the address.
WITH banked AS (
    SELECT supplier_ref, min(supplier_name) AS name, min(country_code(country)) AS country, min(iban_country(iban)) AS bank
    FROM suppliers
    WHERE _active AND supplier_ref IS NOT NULL AND iban_country(iban) IS NOT NULL AND country_code(country) IS NOT NULL
    GROUP BY supplier_ref
),
countries AS (
    SELECT country, count(*) AS suppliers, avg(CASE WHEN bank = country THEN 1.0 ELSE 0.0 END) AS share
    FROM banked GROUP BY country
)
SELECT
    concat(party(name, supplier_ref), ' is a supplier of ', banked.country, ' and is paid into an account in ', bank) AS title,
    make_array(supplier_ref) AS suppliers,
    supplier_ref AS pattern,
    make_array('iban') AS fields,
    make_array(concat(CAST(round(100 * share, 1) AS VARCHAR), '% of the ', CAST(suppliers AS VARCHAR), ' suppliers of ', banked.country, ' with an IBAN bank at home')) AS words,
    make_array(3.0) AS bits
FROM banked JOIN countries ON banked.country = countries.country
WHERE bank <> banked.country AND share >= {usual}
