-- Oracle E-Business Suite: suppliers with their sites. Before release 12: PO_VENDORS, PO_VENDOR_SITES_ALL.
SELECT v.segment1 AS "Supplier Ref",
       v.vendor_name AS "Supplier Name",
       s.vendor_site_code AS "Site Ref",
       s.address_line1 AS "Address Line 1",
       s.address_line2 AS "Address Line 2",
       s.city AS "Town",
       s.zip AS "Postcode",
       s.country AS "Country",
       s.phone AS "Telephone",
       s.email_address AS "E-mail",
       v.vat_registration_num AS "VAT Number",
       v.num_1099 AS "Tax ID"
FROM ap_suppliers v
JOIN ap_supplier_sites_all s ON s.vendor_id = v.vendor_id
WHERE NVL(v.end_date_active, SYSDATE + 1) > SYSDATE
  AND NVL(s.inactive_date, SYSDATE + 1) > SYSDATE
