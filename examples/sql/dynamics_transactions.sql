-- Dynamics 365 Finance and AX 2012: supplier transactions, amounts there are negative for invoices.
SELECT t.recid AS "Unique ID",
       t.invoice AS "Invoice Number",
       -t.amountcur AS "Invoice Amount",
       t.currencycode AS "Invoice Amount Currency",
       -t.amountmst AS "Base Amount",
       t.txt AS "Description",
       CAST(t.documentdate AS date) AS "Invoice Date",
       CAST(t.transdate AS date) AS "Entered Date",
       CAST(t.duedate AS date) AS "Due Date",
       CASE WHEN t.closed > '1901-01-01' THEN CAST(t.closed AS date) END AS "Paid Date",
       t.paymmode AS "Payment Type",
       t.accountnum AS "Supplier Ref",
       p.name AS "Supplier Name"
FROM vendtrans AS t
JOIN vendtable AS v ON v.accountnum = t.accountnum AND v.dataareaid = t.dataareaid
JOIN dirpartytable AS p ON p.recid = v.party
WHERE t.dataareaid = 'usmf'
  AND t.invoice <> ''
  AND t.transdate >= '2024-01-01'
