-- Of each supplier the reference as statements are looked for by it, as it is written, and the name.
SELECT upper(trim(supplier_ref)), min(supplier_ref), min(supplier_name)
FROM transactions WHERE supplier_ref IS NOT NULL
GROUP BY upper(trim(supplier_ref))
