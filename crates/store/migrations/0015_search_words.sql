-- What people search findings by has held names of employees, which not everybody may read. Of findings that speak
-- of employees the title stays; the next run of the checks adds what it says of suppliers.
UPDATE findings SET search_words = LOWER(title)
WHERE EXISTS (SELECT 1 FROM finding_rows WHERE finding_rows.customer = findings.customer
    AND finding_rows.unit = findings.unit AND finding_rows.key = findings.key
    AND finding_rows.ledger = 'Employees');
