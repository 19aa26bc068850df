-- Ninety pairs of digits a supplier. Chance alone gives a mean deviation of about sqrt(2 / (pi n)) * 0.105.
WITH tested AS (
    SELECT supplier_ref AS ref FROM transactions WHERE base_amount >= 0.01 AND supplier_ref IS NOT NULL
    GROUP BY supplier_ref HAVING count(*) >= {count}
),
digits AS (
    SELECT supplier_ref, first_two_digits(CAST(abs(base_amount) * 10000 AS BIGINT)) AS pair, min(supplier_name) AS name, count(*) AS seen, min(base_amount) AS least, max(base_amount) AS most
    FROM tested JOIN transactions ON supplier_ref = ref WHERE base_amount >= 0.01
    GROUP BY supplier_ref, first_two_digits(CAST(abs(base_amount) * 10000 AS BIGINT))
),
sizes AS (
    SELECT supplier_ref, count(*) AS amounts,
        approx_percentile_cont(0.99) WITHIN GROUP (ORDER BY CAST(base_amount AS DOUBLE)) AS high,
        approx_percentile_cont(0.01) WITHIN GROUP (ORDER BY CAST(base_amount AS DOUBLE)) AS low
    FROM tested JOIN transactions ON supplier_ref = ref WHERE base_amount >= 0.01
    GROUP BY supplier_ref
),
deviations AS (
    SELECT digits.supplier_ref, min(name) AS name, min(amounts) AS amounts,
        (sum(abs(CAST(seen AS DOUBLE) / amounts - log10(1 + 1.0 / pair))) + 1 - sum(log10(1 + 1.0 / pair))) / 90 AS deviation
    FROM digits JOIN sizes ON digits.supplier_ref = sizes.supplier_ref
    WHERE pair BETWEEN 10 AND 99 AND high >= low * {span}
    GROUP BY digits.supplier_ref
)
SELECT
    concat('The first digits of the ', CAST(amounts AS VARCHAR), ' amounts of ', party(name, supplier_ref), ' are not distributed as amounts usually are') AS title,
    make_array(supplier_ref) AS suppliers,
    supplier_ref AS pattern,
    make_array('base_amount') AS fields,
    make_array(concat('mean absolute deviation ', CAST(round(deviation, 4) AS VARCHAR), ', where up to {deviation} conforms')) AS words,
    make_array(1.0) AS bits
FROM deviations
WHERE deviation > {deviation} AND deviation > {excess} * 0.105 * sqrt(2 / (3.14159 * amounts))
