-- SAP ECC and S/4HANA: suppliers (LFA1) with their bank accounts (LFBK), one row an account.
SELECT s.lifnr AS "Supplier Ref",
       s.name1 AS "Supplier Name",
       s.stras AS "Address Line 1",
       s.ort01 AS "Town",
       s.pstlz AS "Postcode",
       s.land1 AS "Country",
       s.telf1 AS "Telephone",
       s.stceg AS "VAT Number",
       s.stcd1 AS "Tax ID",
       b.koinh AS "Bank Account Name",
       b.bankl AS "Sort Code",
       b.bankn AS "Account Number"
FROM lfa1 AS s
LEFT JOIN lfbk AS b ON b.mandt = s.mandt AND b.lifnr = s.lifnr
WHERE s.mandt = '100' AND s.loevm = ''
