-- Invalid ones, and missing ones where they are unusual. What has no digit (`N/A`) is none.
WITH numbered AS (
    SELECT supplier_ref, min(supplier_name) AS name, min(country_code(country)) AS country,
        max(CASE WHEN digits(vat_number) IS NOT NULL THEN vat_number END) AS vat,
        min(CASE WHEN digits(vat_number) IS NOT NULL THEN vat_fault(vat_number, country_code(country)) END) AS fault
    FROM suppliers
    WHERE _active AND supplier_ref IS NOT NULL
    GROUP BY supplier_ref
),
countries AS (
    SELECT country, count(*) AS suppliers, CAST(count(vat) AS DOUBLE) / count(*) AS share FROM numbered GROUP BY country
)
SELECT
    CASE WHEN vat IS NULL THEN 'missing_vat_number' ELSE 'invalid_vat_number' END AS kind,
    CASE WHEN vat IS NULL THEN concat(party(name, supplier_ref), ' has no VAT number')
        ELSE concat('The VAT number of ', party(name, supplier_ref), ', ', vat, ', cannot be one') END AS title,
    make_array(supplier_ref) AS suppliers,
    supplier_ref AS pattern,
    make_array('vat_number') AS fields,
    make_array(CASE WHEN vat IS NULL
        THEN concat(CAST(round(100 * share, 1) AS VARCHAR), '% of the ', CAST(suppliers AS VARCHAR), ' suppliers of ', numbered.country, ' have one')
        ELSE fault END) AS words,
    make_array(CASE WHEN vat IS NULL THEN 6.5 ELSE 11.5 END) AS bits
FROM numbered LEFT JOIN countries ON numbered.country = countries.country
WHERE fault IS NOT NULL OR (vat IS NULL AND share >= {usual} AND suppliers >= {several})
