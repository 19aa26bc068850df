use super::*;

/// Every column of the three ledgers that is not plain; whatever is not here is.
const SUPPLIERS: [(&str, Sensitivity); 9] = [
    ("telephone", Sensitivity::Personal),
    ("email", Sensitivity::Personal),
    ("tax_id", Sensitivity::Personal),
    ("bank_account_name", Sensitivity::Name),
    ("sort_code", Sensitivity::Account),
    ("account_number", Sensitivity::Account),
    ("iban", Sensitivity::Account),
    ("bic", Sensitivity::Personal),
    ("extra", Sensitivity::Account),
];

#[test]
fn what_is_personal_is_told_by_ledger_and_column() {
    use FileType::{Employees, Suppliers, Transactions};
    for (column, sensitivity) in SUPPLIERS {
        assert_eq!(Sensitivity::of(Suppliers, column), sensitivity, "{column}");
    }
    for (file_type, column, sensitivity) in [
        (Suppliers, "supplier_name", Sensitivity::Plain),
        (Suppliers, "vat_number", Sensitivity::Plain),
        (Employees, "employee_id", Sensitivity::Plain),
        (Employees, "full_name", Sensitivity::Name),
        (Employees, "tax_number", Sensitivity::Account),
        (Employees, "town", Sensitivity::Personal),
        (Employees, "a_column_of_tomorrow", Sensitivity::Personal),
        (Transactions, "supplier_name", Sensitivity::Plain),
        (Transactions, "iban", Sensitivity::Account),
        (Transactions, "extra", Sensitivity::Personal),
    ] {
        assert_eq!(Sensitivity::of(file_type, column), sensitivity, "{file_type} {column}");
    }
}

#[test]
fn values_are_masked_by_sight_and_once() {
    use Sensitivity::{Account, Name, Personal, Plain};
    for (sensitivity, value, viewer, analyst) in [
        (Account, "GB33 BUKB 2020 1555 55", "…5555", "…5555"),
        (Account, "123", HIDDEN, HIDDEN),
        (Account, "…2491", "…2491", "…2491"),
        (Account, "…2491, …7520", "…2491, …7520", "…2491, …7520"),
        (Account, "…2491, GB33BUKB20201555", "…1555", "…1555"),
        (Account, "…GB33BUKB20201555", "…1555", "…1555"),
        (Account, "…", HIDDEN, HIDDEN),
        (Account, r#"{"Konto":"12345678"}"#, HIDDEN, HIDDEN),
        (Name, "van Dyke", "V. D.", "van Dyke"),
        (Name, "A. S.", "A. S.", "A. S."),
        (Personal, "Leeds", HIDDEN, "Leeds"),
        (Personal, "", "", ""),
        (Plain, "Öz Ltd", "Öz Ltd", "Öz Ltd"),
    ] {
        let seen = |visibility| sensitivity.masked(value, visibility).into_owned();
        assert_eq!(seen(Visibility::Masked), viewer, "{value}");
        assert_eq!(seen(Visibility::AccountsMasked), analyst, "{value}");
        assert_eq!(seen(Visibility::Full), value);
        let again = sensitivity.masked(viewer, Visibility::Masked).into_owned();
        assert_eq!(again, viewer, "masked twice is masked once: {value}");
    }
}
