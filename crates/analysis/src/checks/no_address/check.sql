-- Every variation of a supplier must lack it.
WITH addressed AS (
    SELECT supplier_ref, min(supplier_name) AS name,
        max(CASE WHEN address_line_1 IS NOT NULL OR postcode IS NOT NULL OR town IS NOT NULL THEN 1 ELSE 0 END) AS has_any,
        min(CASE WHEN is_po_box(address_line_1) THEN 1 ELSE 0 END) AS only_box,
        max(address_line_1) AS line
    FROM suppliers
    WHERE _active AND supplier_ref IS NOT NULL
    GROUP BY supplier_ref
),
file AS (SELECT count(*) AS suppliers, avg(CAST(has_any AS DOUBLE)) AS share, sum(only_box) AS boxes FROM addressed)
SELECT
    CASE WHEN has_any = 0 THEN 'no_address' ELSE 'po_box' END AS kind,
    CASE WHEN has_any = 0 THEN concat(party(name, supplier_ref), ' has no address')
        ELSE concat('The only address of ', party(name, supplier_ref), ' is a post office box: ', line) END AS title,
    make_array(supplier_ref) AS suppliers,
    supplier_ref AS pattern,
    make_array('address_line_1') AS fields,
    make_array(CASE WHEN has_any = 0
        THEN concat(CAST(round(100 * share, 1) AS VARCHAR), '% of the ', CAST(suppliers AS VARCHAR), ' suppliers have an address')
        ELSE concat(CAST(boxes AS VARCHAR), ' of ', CAST(suppliers AS VARCHAR), ' suppliers have nothing but a box') END) AS words,
    make_array(CASE WHEN has_any = 0 THEN 7.25 ELSE 6.75 END) AS bits
FROM addressed CROSS JOIN file
WHERE (has_any = 0 AND share >= {usual}) OR only_box = 1
