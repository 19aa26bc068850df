-- Sage 200: suppliers with their main address and bank account.
SELECT s.supplieraccountnumber AS "Supplier Ref",
       s.supplieraccountname AS "Supplier Name",
       l.addressline1 AS "Address Line 1",
       l.addressline2 AS "Address Line 2",
       l.city AS "Town",
       l.postcode AS "Postcode",
       s.taxregistrationnumber AS "VAT Number",
       b.bankaccountname AS "Bank Account Name",
       b.banksortcode AS "Sort Code",
       b.bankaccountnumber AS "Account Number"
FROM plsupplieraccount AS s
LEFT JOIN plsupplierlocation AS l ON l.plsupplieraccountid = s.plsupplieraccountid
LEFT JOIN plsupplierbank AS b ON b.plsupplieraccountid = s.plsupplieraccountid
WHERE s.accountisonhold = 0
