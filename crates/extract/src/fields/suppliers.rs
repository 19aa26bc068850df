//! What the columns of suppliers are called in files of others.
//!
//! Not for: what the columns are (`domain::columns`). Invariant: every column is here, in the ledger's
//! order, and no other name belongs to two.

use super::Synonyms;

pub(super) const SYNONYMS: &[Synonyms] = &[
    (
        "supplier_ref",
        "supplierreference supplierid suppliernumber supplierno suppliercode supplieraccount \
         vendorref vendorid vendornumber vendorno vendornum vendorcode vendoraccount \
         creditorref creditorid creditornumber creditorno lifnr accountref acref addressbookno \
         addressbooknumber aparid aparno spyno suno no vendor",
    ),
    (
        "supplier_name",
        "vendorname creditorname payeename suppliername1 nameofsupplier supplier companyname \
         tradingname name name1 aparname searchname",
    ),
    (
        "site_ref",
        "suppliersite suppliersitecode suppliersiteref suppliersiteid vendorsite vendorsitecode \
         vendorsiteid siteid sitecode addresscode",
    ),
    (
        "address_line_1",
        "address1 addressline1 addressline address street street1 streetaddress stras",
    ),
    ("address_line_2", "address2 street2"),
    ("address_line_3", "address3 street3"),
    ("address_line_4", "address4 street4"),
    ("town", "city towncity posttown ort01 place locality"),
    ("postcode", "postalcode zip zipcode zippostalcode pstlz postcodezip"),
    ("country", "countrycode countryregioncode countryregion land1 countryname"),
    ("telephone", "phone phonenumber phoneno telephonenumber telephoneno telephone1 telf1 tel"),
    ("email", "emailaddress emailid mail remittanceemail smtpaddr"),
    ("website", "web webaddress url homepage"),
    (
        "vat_number",
        "vatno vatregistrationnumber vatregistrationno vatregno vatregnumber vatid vatreg stceg",
    ),
    ("tax_id", "taxnumber taxno taxidentifier taxreference tin ein stcd1 taxpayerid"),
    (
        "company_registration_number",
        "companynumber companyno companyregno companyregistrationno companyregistration \
         registrationnumber registrationno",
    ),
    (
        "bank_account_name",
        "accountname bankaccountholder accountholder accountholdername koinh nameonaccount \
         bankaccname",
    ),
    (
        "sort_code",
        "banksortcode sortcodebankcode bankcode bankkey bankl bankbranchno bankbranchnumber \
         routingnumber aba bsb banknumber blz",
    ),
    (
        "account_number",
        "bankaccountnumber bankaccountno bankaccount bankaccno accountno bankn bankacc",
    ),
    ("iban", "ibannumber ibancode ibanno"),
    ("bic", "bicswift swift swiftcode biccode swiftbic"),
    ("currency", "currencycode waers suppliercurrency vendorcurrency ccy"),
    ("payment_terms", "paymenttermscode terms termscode zterm paymentterm"),
    ("payment_type", "paymentmethod paymentmethodcode paymethod methodofpayment zwels"),
    ("created_date", "datecreated creationdate createdon erdat entereddate dateopened"),
    ("created_by", "ernam createdbyuser enteredby"),
    (
        "modified_date",
        "datemodified lastmodified lastmodifieddate modifiedon lastupdate lastupdated \
         lastupdatedate updateddate changedon changeddate aedat",
    ),
    ("modified_by", "lastmodifiedby lastupdatedby changedby updatedby"),
    ("status", "supplierstatus vendorstatus active activeflag inactive blocked"),
    ("one_time", "onetime onetimesupplier onetimevendor onetimeaccount oneoff xcpdk"),
    (
        "org_group_ref",
        "orggroup orggroupid orgid organisationid organizationid companycode company bukrs \
         operatingunit operatingunitid businessunit dataareaid legalentity",
    ),
    ("erp_id", "erp erpref erpname erpsystem sourcesystem sourcesystemid systemid mandt"),
];
