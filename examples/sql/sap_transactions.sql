-- SAP ECC and S/4HANA: open (BSIK) and cleared (BSAK) supplier items of the last two years.
-- Amounts are positive for invoices (SHKZG H) and negative for credits (S).
SELECT i.bukrs || '-' || i.belnr || '-' || i.gjahr || '-' || i.buzei AS "Unique ID",
       i.xblnr AS "Invoice Number",
       CASE i.shkzg WHEN 'H' THEN i.wrbtr ELSE -i.wrbtr END AS "Invoice Amount",
       i.waers AS "Invoice Amount Currency",
       CASE i.shkzg WHEN 'H' THEN i.dmbtr ELSE -i.dmbtr END AS "Base Amount",
       i.sgtxt AS "Description",
       i.ebeln AS "PO Number",
       i.bldat AS "Invoice Date",
       i.cpudt AS "Entered Date",
       i.augdt AS "Paid Date",
       i.zlsch AS "Payment Type",
       i.lifnr AS "Supplier Ref",
       s.name1 AS "Supplier Name"
FROM (
    SELECT mandt, bukrs, belnr, gjahr, buzei, xblnr, shkzg, wrbtr, waers, dmbtr, sgtxt, ebeln, bldat,
           cpudt, augdt, zlsch, lifnr, budat FROM bsik
    UNION ALL
    SELECT mandt, bukrs, belnr, gjahr, buzei, xblnr, shkzg, wrbtr, waers, dmbtr, sgtxt, ebeln, bldat,
           cpudt, augdt, zlsch, lifnr, budat FROM bsak
) AS i
JOIN bkpf AS h ON h.mandt = i.mandt AND h.bukrs = i.bukrs AND h.belnr = i.belnr AND h.gjahr = i.gjahr
JOIN lfa1 AS s ON s.mandt = i.mandt AND s.lifnr = i.lifnr
WHERE i.mandt = '100'
  AND h.blart IN ('KR', 'RE', 'KG')
  AND i.budat >= '20240101'
