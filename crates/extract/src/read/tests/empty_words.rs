//! Words for nothing in whole files.

use domain::ReadingRules;

use super::*;

const HEADER: &str = "Unique ID,Invoice Number,Invoice Amount,Base Amount,Currency,PO Number,\
    Description,Invoice Date,Entered Date,Paid Date,Supplier Name,Supplier Ref\n";

#[test]
fn a_word_for_nothing_is_nothing_and_said() {
    for word in
        ["NULL", "\\N", "(null)", "<null>", "NaT", "nan", "#N/A", "NA", "None", "-", "..", "n/a"]
    {
        let text = format!(
            "{HEADER}1,A,1.00,1.00,{word},{word},{word},13/04/2019,14/04/2019,{word},Acme,S\n"
        );
        let (kept, reading) = read_with(text.as_bytes(), &strict(FileType::Transactions));
        reading.unwrap();
        for column in ["invoice_amount_currency", "po_number", "description", "paid_date"] {
            assert_eq!(kept.column_or_none(column), [None], "{word} in {column}");
        }
        let said = kept.problems.iter().filter(|said| said.reason == Reason::EmptyWords);
        let said: Vec<_> = said.map(|problem| problem.value.as_deref().unwrap()).collect();
        assert_eq!(said, [word; 4]);
    }
}

#[test]
fn a_mandatory_field_without_a_value_costs_the_row_and_a_name_may_be_a_word() {
    let text = format!(
        "{HEADER}1,NULL,1.00,1.00,GBP,,,13/04/2019,14/04/2019,,Acme,S\n\
         2,B,\\N,1.00,GBP,,,13/04/2019,14/04/2019,,Acme,S\n\
         3,C,1.00,1.00,GBP,,,n/a,14/04/2019,,Acme,S\n\
         4,D,1.00,1.00,GBP,,,13/04/2019,14/04/2019,,(null),S\n\
         5,-,1.00,1.00,GBP,,,13/04/2019,14/04/2019,,NA,S\n"
    );
    let options = Options { failed_per_mille_max: 1_000, ..strict(FileType::Transactions) };
    let (kept, _) = read_with(text.as_bytes(), &options);
    let empty = [2, 3, 4, 5].map(|line| (line, Reason::Empty));
    assert_eq!(kept.set_aside(), empty);
    assert_eq!(kept.column("supplier_name"), ["NA"]);
    assert_eq!(kept.column("invoice_number"), ["-"]);
}

#[test]
fn a_unit_has_words_of_its_own() {
    let rules =
        ReadingRules { empty_words: vec!["entfällt".to_owned()], ..ReadingRules::default() };
    let options = Options::by_rules(FileType::Transactions, FileFormat::Csv, &rules);
    let text =
        format!("{HEADER}1,A,1.00,1.00,GBP,Entfällt,,13/04/2019,14/04/2019,entfällt,Acme,S\n");
    let (kept, reading) = read_with(text.as_bytes(), &options);
    reading.unwrap();
    assert_eq!(kept.column_or_none("po_number"), [None]);
    assert_eq!(kept.column_or_none("paid_date"), [None]);
}

#[test]
fn an_optional_value_that_cannot_be_read_costs_the_value_and_not_the_row() {
    let text = format!("{HEADER}1,A,1.00,1.00,GBP,,,13/04/2019,14/04/2019,soon,Acme,S\n");
    let (kept, reading) = read_with(text.as_bytes(), &strict(FileType::Transactions));
    reading.unwrap();
    assert_eq!(kept.column_or_none("paid_date"), [None]);
    let said = kept.problems.iter().find(|said| said.reason == Reason::NotADate).unwrap();
    assert_eq!((said.level, said.value.as_deref()), (Level::Note, Some("soon")));
}
