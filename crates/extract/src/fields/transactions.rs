//! The fields of transactions (`APT`): header values of invoices and credit notes.
//!
//! Not for: how a value is read. Invariant: no other name belongs to two fields.

use super::FieldKind::{Amount, Currency, Date, Identifier, Reference, Text};
use super::FieldRow;

pub(super) const FIELDS: &[FieldRow] = &[
    FieldRow::must(
        "unique_id",
        "Unique ID",
        Identifier,
        "uniqueref uniquereference uniqueidentifier transactionid invoiceid documentid \
         voucherid vouchernumber voucherno voucher documentnumber documentno docno \
         sapdocumentnumber accountingdocument belnr transactionnumber transactionno transno \
         transactionref tranno entryno recid internalid internalreference urn",
    ),
    FieldRow::must(
        "invoice_number",
        "Invoice Number",
        Reference,
        "invoiceno invoicenum invno invnumber invnum supplierinvoicenumber supplierinvoiceno \
         supplierinvoice vendorinvoicenumber vendorinvoiceno vendorinvoice externaldocumentno \
         externaldocumentnumber invoiceref invoicereference documentreference xblnr extinvref \
         extref externalreference yourreference reference invoice",
    ),
    FieldRow::must(
        "invoice_amount",
        "Invoice Amount",
        Amount,
        "invoicevalue invoicedvalue invoicetotal invoicegross invoicegrossamount \
         grossinvoiceamount grossamount amountgross grossvalue gross totalamount documentamount \
         amountindocumentcurrency amountindoccurr amountindoccurrency wrbtr transactionamount \
         amountcur currencyamount invoiceamt amount amountgbp value netamount amountnet \
         netvalue net amountpaid paymentamount",
    ),
    FieldRow::may(
        "invoice_amount_currency",
        "Invoice Amount Currency",
        Currency,
        "invoicecurrency invoicecurrencycode currency currencycode documentcurrency \
         transactioncurrency waers curr curcode ccy",
    ),
    FieldRow::must(
        "base_amount",
        "Base Amount",
        Amount,
        "baseinvoiceamount baseamt amountinlocalcurrency amountinlocalcurr localcurrencyamount \
         localamount amountinlc amountlcy dmbtr functionalamount amountmst accountedamount \
         homeamount homecurrencyamount reportingamount basevalue",
    ),
    FieldRow::may(
        "base_amount_currency",
        "Base Amount Currency",
        Currency,
        "basecurrency basecurrencycode localcurrency hwaer functionalcurrency homecurrency",
    ),
    FieldRow::may(
        "description",
        "Description",
        Text,
        "invoicedescription narrative transactiondescription documentheadertext headertext \
         bktxt text itemtext sgtxt details memo comments purpose",
    ),
    FieldRow::may(
        "po_number",
        "PO Number",
        Reference,
        "pono ponum po purchaseorder purchaseordernumber purchaseorderno purchaseorderid \
         purchaseorderref purchasingdocument ordernumber orderno ebeln",
    ),
    FieldRow::may(
        "status",
        "Invoice / Payment Status",
        Text,
        "invoicestatus paymentstatus approvalstatus clearingstatus documentstatus",
    ),
    FieldRow::must(
        "invoice_date",
        "Invoice Date",
        Date,
        "invdate dateofinvoice documentdate docdate bldat supplierinvoicedate vendorinvoicedate \
         taxpointdate taxpoint taxdate date",
    ),
    FieldRow::may(
        "received_date",
        "Received Date",
        Date,
        "datereceived invoicereceiveddate receiptdate invoicereceiptdate registrationdate",
    ),
    FieldRow::must(
        "entered_date",
        "Entered Date",
        Date,
        "dateentered entrydate keyeddate datekeyed inputdate enteredon createddate datecreated \
         creationdate createdon cpudt registereddate postingdate posteddate dateposted budat \
         gldate accountingdate",
    ),
    FieldRow::may(
        "due_date",
        "Due Date",
        Date,
        "datedue netduedate paymentduedate invoiceduedate duedt faedt",
    ),
    FieldRow::may(
        "paid_date",
        "Paid Date",
        Date,
        "datepaid paymentdate dateofpayment paydate paidon",
    ),
    FieldRow::may(
        "payment_cleared_date",
        "Payment Cleared Date",
        Date,
        "cleareddate datecleared clearingdate clearancedate bankcleareddate augdt",
    ),
    FieldRow::may(
        "payment_type",
        "Payment Type",
        Text,
        "paymentmethod paymentmethodcode paymethod methodofpayment paymethodcode paytype zlsch",
    ),
    FieldRow::must(
        "supplier_name",
        "Supplier Name",
        Text,
        "vendorname creditorname payeename suppliername1 nameofsupplier supplier payee \
         beneficiary beneficiaryname tradingpartnername tradingpartner name1 aparname",
    ),
    FieldRow::must(
        "supplier_ref",
        "Supplier Ref",
        Reference,
        "supplierreference supplierid suppliernumber supplierno suppliercode supplieraccount \
         vendorref vendorid vendornumber vendorno vendornum vendorcode vendoraccount \
         creditorref creditorid creditornumber creditorno lifnr accountref acref addressbookno \
         addressbooknumber buyfromvendorno paytovendorno aparid aparno spyno suno vendor \
         creditor",
    ),
    FieldRow::may(
        "site_ref",
        "Site Ref",
        Text,
        "suppliersite suppliersitecode suppliersiteref suppliersiteid vendorsite vendorsitecode \
         vendorsiteid siteid sitecode addresscode",
    ),
    FieldRow::may(
        "user_id",
        "User ID",
        Text,
        "userid user username enteredby createdby keyedby inputby operator usnam creator",
    ),
    FieldRow::may(
        "scanned_image",
        "Scanned Image",
        Text,
        "scannedimagelink image imagelink imageurl imageref documentlink",
    ),
    FieldRow::may(
        "org_group_ref",
        "Org Group Ref",
        Text,
        "orggroup orggroupid orgid organisationid organizationid companycode company bukrs \
         operatingunit operatingunitid businessunit dataareaid legalentity",
    ),
    FieldRow::may(
        "org_group_name",
        "Org Group Name",
        Text,
        "organisationname organizationname companyname operatingunitname businessunitname \
         entityname entity bodyname authorityname",
    ),
    FieldRow::may(
        "erp_id",
        "ERP ID",
        Text,
        "erp erpref erpname erpsystem sourcesystem sourcesystemid systemid mandt",
    ),
    FieldRow::may(
        "modified_date",
        "Modified Date",
        Date,
        "datemodified lastmodified lastmodifieddate modifiedon lastupdate lastupdated \
         lastupdatedate updateddate lastchanged changedon changeddate changedate aedat",
    ),
];
