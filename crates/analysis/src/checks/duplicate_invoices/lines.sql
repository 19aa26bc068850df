-- Whether the extract holds lines instead of headers: rows that share supplier, number and both days under
-- different ids are lines of one invoice when there are many of them, and duplicates when there are few.
SELECT
    count(*) AS invoices,
    coalesce(sum(CASE WHEN least_id <> greatest_id THEN 1 ELSE 0 END), 0) AS in_lines,
    coalesce(sum(CASE WHEN rows > 1 AND least_id = greatest_id THEN 1 ELSE 0 END), 0) AS shared_ids
FROM (
    SELECT count(*) AS rows, min(unique_id) AS least_id, max(unique_id) AS greatest_id
    FROM transactions
    GROUP BY supplier_ref, invoice_number, invoice_date, entered_date
)
