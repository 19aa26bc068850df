//! The fields of suppliers: one row a supplier, site or bank account.
//!
//! Not for: how a value is read. Invariant: no other name belongs to two fields.

use super::FieldKind::{Currency, Date, Reference, Text};
use super::FieldRow;

pub(super) const FIELDS: &[FieldRow] = &[
    FieldRow::must(
        "supplier_ref",
        "Supplier Ref",
        Reference,
        "supplierreference supplierid suppliernumber supplierno suppliercode supplieraccount \
         vendorref vendorid vendornumber vendorno vendornum vendorcode vendoraccount \
         creditorref creditorid creditornumber creditorno lifnr accountref acref addressbookno \
         addressbooknumber aparid aparno spyno suno no vendor",
    ),
    FieldRow::must(
        "supplier_name",
        "Supplier Name",
        Text,
        "vendorname creditorname payeename suppliername1 nameofsupplier supplier companyname \
         tradingname name name1 aparname searchname",
    ),
    FieldRow::may(
        "site_ref",
        "Site Ref",
        Text,
        "suppliersite suppliersitecode suppliersiteref suppliersiteid vendorsite vendorsitecode \
         vendorsiteid siteid sitecode addresscode",
    ),
    FieldRow::may(
        "address_line_1",
        "Address Line 1",
        Text,
        "address1 addressline1 addressline address street street1 streetaddress stras",
    ),
    FieldRow::may("address_line_2", "Address Line 2", Text, "address2 street2"),
    FieldRow::may("address_line_3", "Address Line 3", Text, "address3 street3"),
    FieldRow::may("address_line_4", "Address Line 4", Text, "address4 street4"),
    FieldRow::may("town", "Town", Text, "city towncity posttown ort01 place locality"),
    FieldRow::may(
        "postcode",
        "Postcode",
        Text,
        "postalcode zip zipcode zippostalcode pstlz postcodezip",
    ),
    FieldRow::may(
        "country",
        "Country",
        Text,
        "countrycode countryregioncode countryregion land1 countryname",
    ),
    FieldRow::may(
        "telephone",
        "Telephone",
        Text,
        "phone phonenumber phoneno telephonenumber telephoneno telephone1 telf1 tel",
    )
    .personal(),
    FieldRow::may("email", "E-mail", Text, "emailaddress emailid mail remittanceemail smtpaddr")
        .personal(),
    FieldRow::may("website", "Website", Text, "web webaddress url homepage"),
    FieldRow::may(
        "vat_number",
        "VAT Number",
        Reference,
        "vatno vatregistrationnumber vatregistrationno vatregno vatregnumber vatid vatreg stceg",
    ),
    FieldRow::may(
        "tax_id",
        "Tax ID",
        Reference,
        "taxnumber taxno taxidentifier taxreference tin ein stcd1 taxpayerid",
    )
    .personal(),
    FieldRow::may(
        "company_registration_number",
        "Company Registration Number",
        Reference,
        "companynumber companyno companyregno companyregistrationno companyregistration \
         registrationnumber registrationno",
    ),
    FieldRow::may(
        "bank_account_name",
        "Bank Account Name",
        Text,
        "accountname bankaccountholder accountholder accountholdername koinh nameonaccount \
         bankaccname",
    )
    .personal(),
    FieldRow::may(
        "sort_code",
        "Sort Code",
        Reference,
        "banksortcode sortcodebankcode bankcode bankkey bankl bankbranchno bankbranchnumber \
         routingnumber aba bsb banknumber blz",
    )
    .personal(),
    FieldRow::may(
        "account_number",
        "Account Number",
        Reference,
        "bankaccountnumber bankaccountno bankaccount bankaccno accountno bankn bankacc",
    )
    .personal(),
    FieldRow::may("iban", "IBAN", Reference, "ibannumber ibancode ibanno").personal(),
    FieldRow::may("bic", "BIC", Text, "bicswift swift swiftcode biccode swiftbic").personal(),
    FieldRow::may(
        "currency",
        "Currency",
        Currency,
        "currencycode waers suppliercurrency vendorcurrency ccy",
    ),
    FieldRow::may(
        "payment_terms",
        "Payment Terms",
        Text,
        "paymenttermscode terms termscode zterm paymentterm",
    ),
    FieldRow::may(
        "payment_type",
        "Payment Type",
        Text,
        "paymentmethod paymentmethodcode paymethod methodofpayment zwels",
    ),
    FieldRow::may(
        "created_date",
        "Created Date",
        Date,
        "datecreated creationdate createdon erdat entereddate dateopened",
    ),
    FieldRow::may("created_by", "Created By", Text, "ernam createdbyuser enteredby"),
    FieldRow::may(
        "modified_date",
        "Modified Date",
        Date,
        "datemodified lastmodified lastmodifieddate modifiedon lastupdate lastupdated \
         lastupdatedate updateddate changedon changeddate aedat",
    ),
    FieldRow::may(
        "modified_by",
        "Modified By",
        Text,
        "lastmodifiedby lastupdatedby changedby updatedby",
    ),
    FieldRow::may(
        "status",
        "Status",
        Text,
        "supplierstatus vendorstatus active activeflag inactive blocked",
    ),
    FieldRow::may(
        "one_time",
        "One-time Flag",
        Text,
        "onetime onetimesupplier onetimevendor onetimeaccount oneoff xcpdk",
    ),
    FieldRow::may(
        "org_group_ref",
        "Org Group Ref",
        Text,
        "orggroup orggroupid orgid organisationid organizationid companycode company bukrs \
         operatingunit operatingunitid businessunit dataareaid legalentity",
    ),
    FieldRow::may(
        "erp_id",
        "ERP ID",
        Text,
        "erp erpref erpname erpsystem sourcesystem sourcesystemid systemid mandt",
    ),
];
