-- What has no digit (`N/A`) is no number. VAT is in the invoice's currency, and brought to the books' by its amounts.
WITH numbered AS (
    SELECT supplier_ref AS ref, min(supplier_name) AS name, min(country_code(country)) AS country,
        count(CASE WHEN digits(vat_number) IS NOT NULL THEN 1 END) > 0 AS has_number
    FROM suppliers WHERE _active AND supplier_ref IS NOT NULL GROUP BY supplier_ref
),
charging AS (
    SELECT ref, min(name) AS name, min(country) AS country, bool_and(has_number) AS has_number, count(*) AS invoices,
        sum(CAST(vat_amount AS DOUBLE) * CAST(base_amount AS DOUBLE) / CAST(invoice_amount AS DOUBLE)) AS vat,
        min(base_amount_currency) AS currency, array_sort(array_agg(unique_id)) AS ids
    FROM numbered JOIN transactions ON supplier_ref = ref
    WHERE vat_amount > 0 AND invoice_amount > 0 AND base_amount > 0 GROUP BY ref
),
countries AS (
    SELECT country AS of_country, count(*) AS suppliers, CAST(count(CASE WHEN has_number THEN 1 END) AS DOUBLE) / count(*) AS share
    FROM charging WHERE country IS NOT NULL GROUP BY country
)
SELECT
    concat(party(name, ref), ' charged VAT of ', money(vat, currency), ' and has no VAT number') AS title,
    vat AS at_risk,
    currency,
    make_array(ref) AS suppliers,
    ids AS transactions,
    ref AS pattern,
    ref AS known_by,
    make_array('vat_number', 'vat_amount') AS fields,
    make_array(
        concat(CAST(round(100 * share, 1) AS VARCHAR), '% of the ', CAST(suppliers AS VARCHAR), ' suppliers of ', country, ' that charge VAT have a number'),
        CASE WHEN invoices = 1 THEN 'one invoice holds VAT' ELSE concat(CAST(invoices AS VARCHAR), ' invoices hold VAT') END) AS words,
    make_array(2.0, CASE WHEN invoices >= 3 THEN 0.5 ELSE 0.0 END) AS bits
FROM countries JOIN charging ON country = of_country
WHERE NOT has_number AND share >= {usual} AND suppliers >= {several} AND vat >= {least}
