use domain::{LedgerField, PreviewedColumn};

use super::*;

/// A file with these columns, each with the field it is taken for.
fn preview(columns: &[(&str, Option<&str>)]) -> Preview {
    let field = |(name, title): (&'static str, &'static str)| {
        let column = columns.iter().find(|(_, field)| *field == Some(name));
        PreviewedField {
            field: LedgerField {
                name,
                title,
                is_mandatory: true,
                is_identifier: name == "unique_id",
                derived_from: match name {
                    "base_amount" => Some("invoice_amount"),
                    "entered_date" => Some("invoice_date"),
                    _ => None,
                },
            },
            source: column.map(|(header, _)| FieldSource::Column((*header).to_owned())),
            is_derived: false,
            values: Vec::new(),
        }
    };
    let fields = [
        ("unique_id", "Unique ID"),
        ("invoice_amount", "Invoice Amount"),
        ("base_amount", "Base Amount"),
        ("invoice_date", "Invoice Date"),
        ("entered_date", "Entered Date"),
        ("org_group_name", "Org Group Name"),
    ];
    let column = |(header, field): &(&str, Option<&str>)| PreviewedColumn {
        header: (*header).to_owned(),
        name: (*header).to_owned(),
        field: field.map(str::to_owned),
        identifier_part: None,
    };
    Preview {
        columns: columns.iter().map(column).collect(),
        fields: fields.into_iter().map(field).collect(),
        ..Preview::default()
    }
}

const COLUMNS: [(&str, Option<&str>); 4] = [
    ("Nr", Some("unique_id")),
    ("Year", None),
    ("Amount", Some("invoice_amount")),
    ("Date", Some("invoice_date")),
];

fn form(chosen: &[(&str, &str)]) -> ColumnsForm {
    let (field, source) =
        chosen.iter().map(|(field, source)| ((*field).to_owned(), (*source).to_owned())).unzip();
    ColumnsForm { field, source, ..ColumnsForm::default() }
}

/// The mapping as TOML-like text: `columns; fields`.
fn chosen(form: &ColumnsForm, before: Option<&Mapping>) -> Result<Option<Mapping>, String> {
    let rules = ReadingRules { mapping: before.cloned(), ..ReadingRules::default() };
    form.choice(&preview(&COLUMNS), rules).map(|rules| rules.mapping)
}

fn fields(mapping: &Mapping) -> Vec<(&str, String)> {
    mapping.fields.iter().map(|(name, source)| (name.as_str(), source.to_string())).collect()
}

#[test]
fn what_nobody_changes_stays() {
    let same =
        form(&[("unique_id", "Nr"), ("invoice_amount", "Amount"), ("base_amount", ""), ("x", "y")]);
    assert_eq!(chosen(&same, None), Ok(None));
    let columns = [("Betrag", "base_amount"), ("Text", "")];
    let columns = columns.map(|(header, name)| (header.to_owned(), name.to_owned()));
    let source = FieldSource::SameAs { field: "invoice_date".to_owned() };
    let before =
        Mapping { columns: columns.into(), fields: [("entered_date".to_owned(), source)].into() };
    let same = form(&[("unique_id", "Nr"), ("entered_date", "= Invoice Date")]);
    assert_eq!(chosen(&same, Some(&before)), Ok(Some(before.clone())));
    // A form that is not of this page changes nothing either.
    assert_eq!(chosen(&ColumnsForm::default(), Some(&before)), Ok(Some(before.clone())));
    let changed = chosen(&form(&[("entered_date", "Date")]), Some(&before)).unwrap().unwrap();
    assert_eq!(changed.columns, before.columns, "those of other files stay");
    assert_eq!(fields(&changed), [("entered_date", "Date".to_owned())]);
}

#[test]
fn a_column_serves_two_fields_and_another_is_let_go() {
    let two = form(&[("base_amount", "Amount"), ("invoice_amount", "Amount")]);
    let mapping = chosen(&two, None).unwrap().unwrap();
    assert_eq!(fields(&mapping), [("base_amount", "Amount".to_owned())]);
    let moved = form(&[("invoice_date", ""), ("entered_date", "Date")]);
    let mapping = chosen(&moved, None).unwrap().unwrap();
    assert_eq!(mapping.columns, [("Date".to_owned(), String::new())].into());
    assert_eq!(fields(&mapping), [("entered_date", "Date".to_owned())]);
}

#[test]
fn the_usual_fills_what_is_missing_and_nothing_else() {
    let ticked = |chosen: &[(&str, &str)]| {
        let usual: ColumnsForm = serde_html_form::from_str("usual=yes").unwrap();
        ColumnsForm { usual: usual.usual, ..form(chosen) }
    };
    let mapping = chosen(&ticked(&[]), None).unwrap().unwrap();
    let text = [
        ("base_amount", "the field invoice_amount".to_owned()),
        ("entered_date", "the field invoice_date".to_owned()),
    ];
    assert_eq!(fields(&mapping), text);
    let mapping = chosen(&ticked(&[("base_amount", "Year")]), None).unwrap().unwrap();
    assert_eq!(fields(&mapping)[0], ("base_amount", "Year".to_owned()));
    let mapping = chosen(&ticked(&[("invoice_amount", "")]), None).unwrap().unwrap();
    assert_eq!(fields(&mapping)[..], text[1..], "nothing follows from what is missing");
}

#[test]
fn a_choice_that_cannot_be_followed_is_said() {
    let fixed = |text: &str| ColumnsForm {
        fixed_field: vec!["org_group_name".to_owned()],
        fixed: vec![text.to_owned()],
        ..form(&[("org_group_name", "")])
    };
    let mapping = chosen(&fixed(" North "), None).unwrap().unwrap();
    assert_eq!(fields(&mapping), [("org_group_name", "the text \"North\"".to_owned())]);
    let parts = |source: &str, parts: &[&str]| ColumnsForm {
        part: parts.iter().map(|part| (*part).to_owned()).collect(),
        ..form(&[("unique_id", source)])
    };
    let mapping = chosen(&parts("", &["Year", "", "Nr"]), None).unwrap().unwrap();
    assert_eq!(fields(&mapping), [("unique_id", "Year, Nr".to_owned())]);
    assert_eq!(mapping.columns.get("Nr"), None, "a part holds what it holds");
    let many = ["Nr"; BUILT_COLUMNS_MAX + 1];
    for (form, says) in [
        (form(&[("base_amount", "nonsense")]), "There is no column nonsense in the file"),
        (form(&[("base_amount", "= Base Amount")]), "There is no column = Base Amount"),
        (parts("Nr", &["Year", "Nr"]), "chosen in two ways"),
        (parts("", &["Nr"]), "Only Nr is a part of Unique ID"),
        (parts("", &["Nr", "other"]), "no column other"),
        (parts("", &many), "9 columns are chosen"),
        (fixed(&"x".repeat(999)), "too long"),
    ] {
        let wrong = chosen(&form, None).unwrap_err();
        assert!(wrong.contains(says), "{says}: {wrong}");
    }
}

#[test]
fn settings_are_those_of_the_form() {
    let form: ColumnsForm = serde_html_form::from_str(
        "date_order=month_first&decimals=comma&invoices=negative&encoding=windows-1250&sheet=Data\
         &empty_words=tbc%0D%0A%0D%0Asee+PO&keep_totals=yes&strict=yes",
    )
    .unwrap();
    let before = ReadingRules { failed_per_mille_max: Some(7), ..ReadingRules::default() };
    let rules = form.settings(&before).unwrap();
    let expected = ReadingRules {
        date_order: Some(DateOrder::MonthFirst),
        decimal_style: Some(DecimalStyle::Comma),
        invoice_sign: Some(InvoiceSign::Negative),
        encoding: Some("windows-1250".to_owned()),
        sheet: Some("Data".to_owned()),
        empty_words: vec!["tbc".to_owned(), "see PO".to_owned()],
        keeps_totals: true,
        is_strict: true,
        ..before.clone()
    };
    assert_eq!(rules, expected);
    let usual: ColumnsForm =
        serde_html_form::from_str("date_order=&decimals=&invoices=&encoding=").unwrap();
    assert_eq!(usual.settings(&rules), Ok(before));
    let word = "x".repeat(99);
    let long: ColumnsForm = serde_html_form::from_str(&format!("empty_words={word}")).unwrap();
    assert!(long.settings(&rules).unwrap_err().contains("Words for nothing"));
}
