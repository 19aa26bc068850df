-- Sage 200: posted supplier transactions, type 4 are invoices, 5 are credit notes.
SELECT t.plpostedsuppliertranid AS "Unique ID",
       t.transactionreference AS "Invoice Number",
       t.documentgrossvalue AS "Invoice Amount",
       c.symbol AS "Invoice Amount Currency",
       t.basegrossvalue AS "Base Amount",
       t.secondreference AS "Description",
       CAST(t.transactiondate AS date) AS "Invoice Date",
       CAST(t.posteddate AS date) AS "Entered Date",
       CAST(t.duedate AS date) AS "Due Date",
       CAST(t.fullyallocateddate AS date) AS "Paid Date",
       s.supplieraccountnumber AS "Supplier Ref",
       s.supplieraccountname AS "Supplier Name"
FROM plpostedsuppliertran AS t
JOIN plsupplieraccount AS s ON s.plsupplieraccountid = t.plsupplieraccountid
LEFT JOIN syscurrency AS c ON c.syscurrencyid = s.syscurrencyid
WHERE t.systradertrantypeid IN (4, 5)
  AND t.transactiondate >= '2024-01-01'
