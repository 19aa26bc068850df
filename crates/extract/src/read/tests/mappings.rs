//! Fields that a mapping reads from a column, several, another field or nothing in the file.

use super::*;

fn mapping(toml: &str) -> Mapping {
    toml::from_str(toml).unwrap()
}

fn mapped(text: &str, toml: &str) -> (CollectingSink, Result<Reading, ReadError>) {
    let mapping = mapping(toml);
    let options = Options {
        mapping: Some(&mapping),
        failed_per_mille_max: 1_000,
        ..strict(FileType::Transactions)
    };
    read_with(text.as_bytes(), &options)
}

/// Two amounts and two currencies by one name, as a list of SAP has them, and one date.
const LIST: &str = "\
Document Number,Reference,Amount,Curr.,Amount,Curr.,Document Date,Vendor,Name 1
19,R-1,\"5.089,71\",EUR,\"4.350,18\",GBP,24.02.2024,S1,Acme
20,R-2,\"10,00\",EUR,\"9,00\",GBP,13/03/2024,S1,Acme
";

const SOURCES: &str = r#"
[fields]
base_amount = "amount#2"
base_amount_currency = "Curr.#2"
entered_date = { field = "invoice_date" }
description = { field = "entered_date" }
org_group_name = { constant = " Acme Holding " }
paid_date = { constant = "2024-03-31" }
due_date = ["Document Date"]
"#;

#[test]
fn fields_say_where_they_come_from() {
    let (kept, reading) = mapped(LIST, SOURCES);
    let reading = reading.unwrap();
    assert_eq!((reading.rows_read, reading.rows_set_aside), (2, 0), "{:?}", kept.problems);
    for (column, values) in [
        ("invoice_amount", ["50897100", "100000"]),
        ("invoice_amount_currency", ["EUR", "EUR"]),
        ("base_amount", ["43501800", "90000"]),
        ("base_amount_currency", ["GBP", "GBP"]),
        ("invoice_date", ["19777", "19795"]),
        ("entered_date", ["19777", "19795"]),
        ("due_date", ["19777", "19795"]),
        ("description", ["24.02.2024", "13/03/2024"]),
        ("org_group_name", ["Acme Holding", "Acme Holding"]),
        ("paid_date", ["19813", "19813"]),
        ("extra", ["-", "-"]),
    ] {
        assert_eq!(kept.column(column), values, "{column}");
    }
    // The entry date is the invoice date by itself in many a list; the due date is not.
    let [note] = kept.problems.as_slice() else { panic!("{:?}", kept.problems) };
    let said = (note.reason, note.column.as_deref(), note.value.as_deref());
    let expected =
        (Reason::DatesOfOneColumn, Some("Document Date"), Some("Invoice Date, Due Date"));
    assert_eq!(said, expected);
    let date = &reading.columns[6];
    let names: Vec<_> = date.fields.iter().map(|field| field.name()).collect();
    assert_eq!(names, ["description", "invoice_date", "entered_date", "due_date"]);
    assert_eq!(date.field.map(Field::name), Some("invoice_date"));
}

#[test]
fn what_is_wrong_with_a_column_is_said_once() {
    let text = LIST.replace("13/03/2024", "31/02/2024") + "21,R-3,1,EUR,1,GBP,,S1,Acme\n22,R-4\n";
    let (kept, _) = mapped(&text, SOURCES);
    assert_eq!(
        kept.set_aside(),
        [(3, Reason::NoSuchDay), (4, Reason::Empty), (5, Reason::TooFewCells)]
    );
}

#[test]
fn one_of_several_columns_is_named_by_its_place() {
    let headers = "Unique ID,Amount,Amount,Address #2,Amount 3,Amount";
    for (name, place) in [
        ("Amount", Some(1)),
        ("Amount#1", Some(1)),
        ("amount #2", Some(2)),
        ("AMOUNT#03", Some(5)),
        // As it was before places could be named.
        ("Amount3", Some(4)),
        ("Address#2", Some(3)),
        ("Address 2", Some(3)),
        ("Unique ID#1", Some(0)),
        ("Unique ID#2", None),
        ("Amount#4", None),
        ("Amount#0", None),
    ] {
        for toml in [
            format!("[fields]\ndescription = \"{name}\""),
            format!("[columns]\n\"{name}\" = \"description\""),
        ] {
            let mapping = mapping(&toml);
            let options = Options { mapping: Some(&mapping), ..survey(FileFormat::Csv) };
            let text = format!("{headers}\na,b,c,d,e,f\n").replace(",f\n", ",f\n0,1,2,3,4,5\n");
            let (_, reading) = read_with(text.as_bytes(), &options);
            let described = |column: &ColumnUse| {
                column.fields.iter().any(|field| field.name() == "description")
            };
            let found = reading.unwrap().columns.iter().position(described);
            assert_eq!(found, place, "{toml}");
        }
    }
}

#[test]
fn a_column_may_be_text_and_be_named_by_a_field() {
    let toml = "[columns]\n\"Reference\" = \"\"\n[fields]\npo_number = \"Reference\"";
    let mapping = mapping(toml);
    let options = Options { mapping: Some(&mapping), ..survey(FileFormat::Csv) };
    let (kept, _) = read_with(LIST.as_bytes(), &options);
    assert_eq!(
        (kept.column("po_number"), kept.column("invoice_number")),
        (vec!["R-1".to_owned(), "R-2".to_owned()], vec!["-".to_owned(), "-".to_owned()],)
    );
}

#[test]
fn a_mapping_without_sense_is_refused_in_a_sentence() {
    let long = "x".repeat(201);
    let long = format!("description = {{ constant = \"{long}\" }}");
    for (fields, says) in [
        ("invoice = \"A\"", "names invoice, which is not one of our fields"),
        ("base_amount = { field = \"amount\" }", "names amount, which is not one of our fields"),
        ("due_date = { field = \"due_date\" }", "due_date is the same as itself; name a column"),
        (
            "due_date = { field = \"paid_date\" }\npaid_date = { field = \"due_date\" }",
            "due_date is the same as paid_date and paid_date is the same as due_date;",
        ),
        ("base_amount = { field = \"due_date\" }", "one is a date and the other an amount"),
        ("unique_id = { constant = \"1\" }", "the text \"1\": all rows would be one"),
        ("due_date = { constant = \"31/12/2024\" }", "it is not a date; write it as 2026"),
        ("due_date = { constant = \"2024-02-30\" }", "it is not a date"),
        ("base_amount = { constant = \"1,5\" }", "it is not an amount; write it as"),
        ("base_amount = { constant = \"1.234\" }", "it is not an amount"),
        ("description = { constant = \" \" }", "it is empty"),
        (&long, "it is too long"),
        ("po_number = \"--\"", "name the header of each column"),
    ] {
        let refused =
            check_mapping(FileType::Transactions, &mapping(&format!("[fields]\n{fields}")));
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains(says), "{fields}: {refused}");
    }
    for (fields, says) in [
        ("invoice_amount = \"Amount#3\"", "Amount#3, and the file has 2 columns Amount; name one"),
        ("invoice_number = \"Reference#2\"", "and the file has one column Reference;"),
        (
            "invoice_number = \"Invoice Ref.\"",
            "reads Invoice Number from a column Invoice Ref., which is not in the file; the file has the \
             columns Document Number, Reference, Amount, Curr., Amount#2, Curr.#2, Document Date,",
        ),
    ] {
        let refused = mapped(LIST, &format!("[fields]\n{fields}")).1.unwrap_err().to_string();
        assert!(refused.contains(says), "{fields}: {refused}");
    }
}

#[test]
fn a_header_that_is_not_there_is_said_where_nothing_else_fills_its_field() {
    let sources = |columns: &str| format!("{SOURCES}\n[columns]\n{columns}");
    let (kept, reading) = mapped(LIST, &sources("\"Order\" = \"po_number\"\n\"Memo\" = \"\""));
    assert_eq!(reading.unwrap().rows_read, 2);
    assert_eq!(kept.notes(), [Reason::DatesOfOneColumn, Reason::MappedColumnMissing]);
    let note = &kept.problems[1];
    assert_eq!((note.column.as_deref(), note.value.as_deref()), (Some("Order"), Some("PO Number")));
    // A unit's files may have either.
    let either = sources("\"Beleg\" = \"invoice_number\"\n\"Reference\" = \"invoice_number\"");
    assert_eq!(mapped(LIST, &either).0.notes(), [Reason::DatesOfOneColumn]);
    let refused = mapped(LIST, &sources("\"Beleg\" = \"invoice_number\"")).1.unwrap_err();
    let says = "reads Invoice Number from a column Beleg, which is not in the file";
    assert!(refused.to_string().contains(says), "{refused}");
}

#[test]
fn an_optional_field_whose_column_is_not_there_is_said() {
    let toml = format!("{SOURCES}po_number = \"Order\"\nuser_id = {{ field = \"po_number\" }}");
    let (kept, reading) = mapped(LIST, &toml);
    assert_eq!(reading.unwrap().rows_read, 2);
    let note = &kept.problems[1];
    assert_eq!(
        (note.reason, note.column.as_deref(), note.value.as_deref()),
        (Reason::MappedColumnMissing, Some("Order"), Some("PO Number"))
    );
    assert_eq!(kept.column("user_id"), ["-", "-"]);
}

#[test]
fn a_field_that_is_the_same_as_one_the_file_lacks_says_which() {
    let text = "Unique ID,Invoice Number,Invoice Amount,Invoice Date,Supplier Name\n1,R-1,7.00,2024-02-24,Acme\n";
    let (_, reading) = mapped(text, "[fields]\ninvoice_date = { field = \"paid_date\" }\n");
    let Err(ReadError::Refused(refusal)) = reading else { panic!("it was read") };
    let said = refusal.to_string();
    assert!(
        said.starts_with("the mapping reads Invoice Date from Paid Date, which the file lacks"),
        "{said}"
    );
    assert_eq!(refusal.remedy(), domain::Remedy::MendMapping);
}

#[test]
fn a_column_that_the_mapping_takes_for_something_else_is_named_with_what_it_is_taken_for() {
    const HEAD: &str = "Unique ID,Invoice Number,Invoice Amount,Invoice Date,Supplier Name";
    // As Unit4 writes a list with codes, and as it writes one without.
    let coded = format!("{HEAD},Supplier Name(T)\n1,R-1,7.00,2024-02-24,200227,Acme\n");
    let plain = format!("{HEAD}\n1,R-1,7.00,2024-02-24,Acme\n");
    for (columns, says) in [
        (
            "\"Supplier Name\" = \"\"",
            "keeps the column Supplier Name, which is in the file, as text; ",
        ),
        (
            "\"Supplier Name\" = \"po_number\"",
            "takes the column Supplier Name, which is in the file, for PO Number; ",
        ),
    ] {
        let toml = format!("[columns]\n{columns}\n");
        let read = mapped(&coded, &toml).1.map(|reading| reading.rows_read);
        assert_eq!(read.map_err(|error| error.to_string()), Ok(1), "{columns}");
        let Err(ReadError::Refused(refusal)) = mapped(&plain, &toml).1 else {
            panic!("{columns}: it was read")
        };
        let begins = "the mandatory column Supplier Name is missing, as the mapping that is set for these files ";
        let said = refusal.to_string();
        assert!(said.starts_with(&format!("{begins}{says}")), "{said}");
        assert!(
            said.ends_with("; change the mapping, or add what is missing to the extract"),
            "{said}"
        );
        assert_eq!(refusal.remedy(), domain::Remedy::MendMapping);
    }
    // What the file lacks by any name is the extract's to mend, whatever is kept as text.
    let lacking = plain.replace("Supplier Name", "Whoever");
    let Err(ReadError::Refused(refusal)) =
        mapped(&lacking, "[columns]\n\"Supplier Name\" = \"\"\n").1
    else {
        panic!("it was read")
    };
    assert!(!refusal.to_string().contains("mapping"), "{refusal}");
}
