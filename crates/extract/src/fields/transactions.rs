//! What the columns of transactions (`APT`) are called in files of others.
//!
//! Not for: what the columns are (`domain::columns`). Invariant: every column is here, in the ledger's
//! order, and no other name belongs to two.

use super::Synonyms;

pub(super) const SYNONYMS: &[Synonyms] = &[
    (
        "unique_id",
        "uniqueref uniquereference uniqueidentifier transactionid invoiceid documentid \
         voucherid vouchernumber voucherno voucher documentnumber documentno docno \
         sapdocumentnumber accountingdocument belnr transactionnumber transactionno transno \
         transactionref tranno entryno recid internalid internalreference urn",
    ),
    (
        "invoice_number",
        "invoiceno invoicenum invno invnumber invnum supplierinvoicenumber supplierinvoiceno \
         supplierinvoice vendorinvoicenumber vendorinvoiceno vendorinvoice externaldocumentno \
         externaldocumentnumber invoiceref invoicereference documentreference xblnr extinvref \
         extref externalreference yourreference reference invoice",
    ),
    (
        "invoice_amount",
        "invoicevalue invoicedvalue invoicetotal invoicegross invoicegrossamount \
         grossinvoiceamount grossamount amountgross grossvalue gross totalamount documentamount \
         amountindocumentcurrency amountindoccurr amountindoccurrency wrbtr transactionamount \
         amountcur currencyamount invoiceamt amount amountgbp value netamount amountnet \
         netvalue net amountpaid paymentamount",
    ),
    (
        "invoice_amount_currency",
        "invoicecurrency invoicecurrencycode currency currencycode documentcurrency \
         transactioncurrency waers curr curcode ccy",
    ),
    (
        "base_amount",
        "baseinvoiceamount baseamt amountinlocalcurrency amountinlocalcurr localcurrencyamount \
         localamount amountinlc amountlcy dmbtr functionalamount amountmst accountedamount \
         homeamount homecurrencyamount reportingamount basevalue",
    ),
    (
        "base_amount_currency",
        "basecurrency basecurrencycode localcurrency hwaer functionalcurrency homecurrency",
    ),
    (
        "description",
        "invoicedescription narrative transactiondescription documentheadertext headertext \
         bktxt text itemtext sgtxt details memo comments purpose",
    ),
    (
        "po_number",
        "pono ponum po purchaseorder purchaseordernumber purchaseorderno purchaseorderid \
         purchaseorderref purchasingdocument ordernumber orderno ebeln",
    ),
    ("status", "invoicestatus paymentstatus approvalstatus clearingstatus documentstatus"),
    (
        "invoice_date",
        "invdate dateofinvoice documentdate docdate bldat supplierinvoicedate vendorinvoicedate \
         taxpointdate taxpoint taxdate date",
    ),
    (
        "received_date",
        "datereceived invoicereceiveddate receiptdate invoicereceiptdate registrationdate",
    ),
    (
        "entered_date",
        "dateentered entrydate keyeddate datekeyed inputdate enteredon createddate datecreated \
         creationdate createdon cpudt registereddate postingdate posteddate dateposted budat \
         gldate accountingdate",
    ),
    ("due_date", "datedue netduedate paymentduedate invoiceduedate duedt faedt"),
    ("paid_date", "datepaid paymentdate dateofpayment paydate paidon"),
    (
        "payment_cleared_date",
        "cleareddate datecleared clearingdate clearancedate bankcleareddate augdt",
    ),
    (
        "payment_type",
        "paymentmethod paymentmethodcode paymethod methodofpayment paymethodcode paytype zlsch",
    ),
    (
        "supplier_name",
        "vendorname creditorname payeename suppliername1 nameofsupplier supplier payee \
         beneficiary beneficiaryname tradingpartnername tradingpartner name1 aparname",
    ),
    (
        "supplier_ref",
        "supplierreference supplierid suppliernumber supplierno suppliercode supplieraccount \
         vendorref vendorid vendornumber vendorno vendornum vendorcode vendoraccount \
         creditorref creditorid creditornumber creditorno lifnr accountref acref addressbookno \
         addressbooknumber buyfromvendorno paytovendorno aparid aparno spyno suno vendor \
         creditor",
    ),
    (
        "site_ref",
        "suppliersite suppliersitecode suppliersiteref suppliersiteid vendorsite vendorsitecode \
         vendorsiteid siteid sitecode addresscode",
    ),
    ("user_id", "userid user username enteredby createdby keyedby inputby operator usnam creator"),
    ("scanned_image", "scannedimagelink image imagelink imageurl imageref documentlink"),
    (
        "org_group_ref",
        "orggroup orggroupid orgid organisationid organizationid companycode company bukrs \
         operatingunit operatingunitid businessunit dataareaid legalentity",
    ),
    (
        "org_group_name",
        "organisationname organizationname companyname operatingunitname businessunitname \
         entityname entity bodyname authorityname",
    ),
    ("erp_id", "erp erpref erpname erpsystem sourcesystem sourcesystemid systemid mandt"),
    (
        "modified_date",
        "datemodified lastmodified lastmodifieddate modifiedon lastupdate lastupdated \
         lastupdatedate updateddate lastchanged changedon changeddate changedate aedat",
    ),
];
