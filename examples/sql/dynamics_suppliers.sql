-- Dynamics 365 Finance and AX 2012: suppliers with their first postal address and bank accounts.
SELECT v.accountnum AS "Supplier Ref",
       p.name AS "Supplier Name",
       a.street AS "Address Line 1",
       a.city AS "Town",
       a.zipcode AS "Postcode",
       a.countryregionid AS "Country",
       v.vatnum AS "VAT Number",
       b.name AS "Bank Account Name",
       b.registrationnum AS "Sort Code",
       b.accountnum AS "Account Number"
FROM vendtable AS v
JOIN dirpartytable AS p ON p.recid = v.party
LEFT JOIN logisticspostaladdress AS a ON a.location = p.primaryaddresslocation
LEFT JOIN vendbankaccount AS b ON b.vendaccount = v.accountnum AND b.dataareaid = v.dataareaid
WHERE v.dataareaid = 'usmf'
