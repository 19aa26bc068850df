//! The fields of employees: everyone paid through payroll. Nearly all of it is personal.
//!
//! Not for: how a value is read. Invariant: no other name belongs to two fields.

use super::FieldKind::{Date, Reference, Text};
use super::FieldRow;

/// A full name, or both of its parts.
pub(super) const NAMES: &[&[&str]] = &[&["full_name"], &["first_name", "last_name"]];

pub(super) const FIELDS: &[FieldRow] = &[
    FieldRow::must(
        "employee_id",
        "Employee ID",
        Reference,
        "employeeref employeereference employeenumber employeeno employeecode empid empno emp \
         staffid staffnumber staffno payrollnumber payrollno payrollref payrollid \
         personnelnumber personnelno pernr workerid id",
    )
    .personal(),
    FieldRow::may(
        "first_name",
        "First Name",
        Text,
        "forename forenames givenname givennames firstnames christianname vorna",
    )
    .personal(),
    FieldRow::may("last_name", "Last Name", Text, "surname familyname lastnames nachn").personal(),
    FieldRow::may(
        "full_name",
        "Full Name",
        Text,
        "name employeename employee staffname displayname ename knownas",
    )
    .personal(),
    FieldRow::may(
        "address_line_1",
        "Address Line 1",
        Text,
        "address1 addressline1 addressline address street street1 streetaddress stras",
    )
    .personal(),
    FieldRow::may("address_line_2", "Address Line 2", Text, "address2 street2").personal(),
    FieldRow::may("address_line_3", "Address Line 3", Text, "address3 street3").personal(),
    FieldRow::may("address_line_4", "Address Line 4", Text, "address4 street4").personal(),
    FieldRow::may("town", "Town", Text, "city towncity posttown ort01 place locality").personal(),
    FieldRow::may(
        "postcode",
        "Postcode",
        Text,
        "postalcode zip zipcode zippostalcode pstlz postcodezip",
    )
    .personal(),
    FieldRow::may(
        "country",
        "Country",
        Text,
        "countrycode countryregioncode countryregion land1 countryname",
    )
    .personal(),
    FieldRow::may(
        "telephone",
        "Telephone",
        Text,
        "phone phonenumber phoneno telephonenumber telephoneno homephone hometelephone tel",
    )
    .personal(),
    FieldRow::may(
        "mobile",
        "Mobile",
        Text,
        "mobilenumber mobileno mobilephone mobiletelephone cell cellphone",
    )
    .personal(),
    FieldRow::may("email", "E-mail", Text, "emailaddress emailid mail personalemail").personal(),
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
    FieldRow::may(
        "tax_number",
        "Tax / National Insurance Number",
        Reference,
        "taxnumber nationalinsurancenumber nationalinsuranceno nationalinsurance nino ninumber \
         nationalid ssn socialsecuritynumber taxid taxreference",
    )
    .personal(),
    FieldRow::may(
        "department",
        "Department",
        Text,
        "departmentname dept deptname costcentre costcenter team section",
    ),
    FieldRow::may(
        "start_date",
        "Start Date",
        Date,
        "datestarted hiredate joindate datejoined commencementdate",
    )
    .personal(),
    FieldRow::may(
        "leave_date",
        "Leave Date",
        Date,
        "leavingdate dateleft enddate terminationdate leaverdate",
    )
    .personal(),
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
