-- The home country is that of most suppliers: a foreign supplier may be registered there.
WITH places AS (
    SELECT supplier_ref AS ref, min(country_code(country)) AS country FROM suppliers
    WHERE _active AND supplier_ref IS NOT NULL GROUP BY supplier_ref HAVING min(country_code(country)) = max(country_code(country))
),
home AS (
    SELECT country AS home FROM places WHERE country IS NOT NULL GROUP BY country ORDER BY count(*) DESC, country LIMIT 1
),
charged AS (
    SELECT unique_id, ref, supplier_name, invoice_number, base_amount_currency, country, home, vat_rate,
        CAST(base_amount AS DOUBLE) AS base, CAST(vat_amount AS DOUBLE) / CAST(invoice_amount AS DOUBLE) AS part,
        greatest(vat_rate_highest(country), vat_rate_highest(home)) / 100 AS highest,
        vat_rate_fault(vat_rate, country, home) AS fault
    FROM home CROSS JOIN places JOIN transactions ON supplier_ref = ref
    WHERE invoice_amount > 0 AND base_amount > 0 AND (vat_amount > 0 OR vat_rate IS NOT NULL)
        AND vat_rate_highest(country) IS NOT NULL AND vat_rate_highest(home) IS NOT NULL
),
judged AS (
    SELECT charged.*, base * (part - highest * (1 - part)) AS above FROM charged
)
SELECT
    CASE WHEN above >= {least} THEN 'vat_too_high' ELSE 'unknown_vat_rate' END AS kind,
    concat('Invoice ', coalesce(invoice_number, '(no number)'), ' of ', party(supplier_name, ref),
        CASE WHEN above >= {least} THEN concat(' holds VAT of ', CAST(round(100 * part / (1 - part), 1) AS VARCHAR), '% of its net amount')
            ELSE concat(' states VAT at ', vat_rate) END) AS title,
    CASE WHEN above >= {least} THEN above END AS at_risk,
    CASE WHEN above >= {least} THEN base_amount_currency END AS currency,
    make_array(ref) AS suppliers,
    make_array(unique_id) AS transactions,
    ref AS pattern,
    make_array('vat_amount', 'vat_rate') AS fields,
    make_array(
        CASE WHEN above >= {least} THEN concat('the highest rate there has been is ', CAST(round(100 * highest, 1) AS VARCHAR), '%: ', money(above, base_amount_currency), ' less')
            WHEN part IS NULL THEN 'the VAT itself is not in the ledger' ELSE 'the VAT itself is not above the highest rate' END,
        CASE WHEN fault IS NOT NULL THEN concat('the rate stated, ', vat_rate, ', is none of theirs: ', fault)
            WHEN vat_rate IS NULL THEN 'no rate is stated' ELSE concat('the rate stated is ', vat_rate) END) AS words,
    make_array(CASE WHEN above >= {least} THEN 2.0 ELSE 0.0 END, CASE WHEN fault IS NOT NULL THEN 1.0 ELSE 0.0 END) AS bits
FROM judged
WHERE coalesce(part, 0) < 1 AND (above >= {least} OR fault IS NOT NULL)
