//! What the columns of employees are called in files of others.
//!
//! Not for: what the columns are (`domain::columns`). Invariant: every column is here, in the ledger's
//! order, and no other name belongs to two.

use super::Synonyms;

pub(super) const SYNONYMS: &[Synonyms] = &[
    (
        "employee_id",
        "employeeref employeereference employeenumber employeeno employeecode empid empno emp \
         staffid staffnumber staffno payrollnumber payrollno payrollref payrollid \
         personnelnumber personnelno pernr workerid id",
    ),
    ("first_name", "forename forenames givenname givennames firstnames christianname vorna"),
    ("last_name", "surname familyname lastnames nachn"),
    ("full_name", "name employeename employee staffname displayname ename knownas"),
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
    (
        "telephone",
        "phone phonenumber phoneno telephonenumber telephoneno homephone hometelephone tel",
    ),
    ("mobile", "mobilenumber mobileno mobilephone mobiletelephone cell cellphone"),
    ("email", "emailaddress emailid mail personalemail"),
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
    (
        "tax_number",
        "taxnumber nationalinsurancenumber nationalinsuranceno nationalinsurance nino ninumber \
         nationalid ssn socialsecuritynumber taxid taxreference",
    ),
    ("department", "departmentname dept deptname costcentre costcenter team section"),
    ("start_date", "datestarted hiredate joindate datejoined commencementdate"),
    ("leave_date", "leavingdate dateleft enddate terminationdate leaverdate"),
    (
        "org_group_ref",
        "orggroup orggroupid orgid organisationid organizationid companycode company bukrs \
         operatingunit operatingunitid businessunit dataareaid legalentity",
    ),
    ("erp_id", "erp erpref erpname erpsystem sourcesystem sourcesystemid systemid mandt"),
];
