//! Fields that a file lacks and that follow from others: said, held to the base currency, refused by a
//! strict unit.

use domain::{ReadingRules, Remedy};

use super::*;

const ONE_AMOUNT: &str = "\
Unique ID,Invoice Number,Amount,Invoice Date,Supplier Name
1,A,1.50,2024-03-05,Acme
2,B,2.50,2024-03-06,Bolt
";

/// Its invoice currencies are these.
fn in_currencies(currencies: &[&str]) -> String {
    let row = |(at, currency): (usize, &&str)| {
        format!("{at},A{at},{at}.00,{currency},2024-03-05,Acme,S\n")
    };
    let rows = currencies.iter().enumerate().map(row).collect::<String>();
    "Unique ID,Invoice Number,Amount,Currency,Invoice Date,Supplier Name,Supplier Ref\n".to_owned()
        + &rows
}

/// `column value` of the notes of a reason.
fn note_values(kept: &CollectingSink, reason: Reason) -> Vec<(&str, &str)> {
    let of_it = kept.problems.iter().filter(|problem| problem.reason == reason);
    of_it
        .map(|note| (note.column.as_deref().unwrap_or("-"), note.value.as_deref().unwrap_or("-")))
        .collect()
}

fn read_by(text: &str, rules: &ReadingRules) -> (CollectingSink, Result<Reading, ReadError>) {
    let options = Options::by_rules(FileType::Transactions, FileFormat::Csv, rules);
    read_with(text.as_bytes(), &options)
}

fn mapped(text: &str, fields: &str) -> CollectingSink {
    let mapping: Mapping = toml::from_str(&format!("[fields]\n{fields}")).unwrap();
    let rules = ReadingRules { mapping: Some(mapping), ..ReadingRules::default() };
    let (kept, reading) = read_by(text, &rules);
    reading.unwrap();
    kept
}

#[test]
fn what_is_missing_and_harmless_is_derived_and_said() {
    let (kept, reading) = read_with(ONE_AMOUNT.as_bytes(), &strict(FileType::Transactions));
    let reading = reading.unwrap();
    assert_eq!((reading.rows_read, reading.rows_set_aside), (2, 0));
    for (column, values) in [
        ("base_amount", ["15000", "25000"]),
        ("entered_date", ["19787", "19788"]),
        ("supplier_ref", ["Acme", "Bolt"]),
        ("base_amount_currency", ["-", "-"]),
    ] {
        assert_eq!(kept.column(column), values, "{column}");
    }
    let expected = [
        ("Base Amount", "Invoice Amount"),
        ("Entered Date", "Invoice Date"),
        ("Supplier Ref", "Supplier Name"),
    ];
    assert_eq!(note_values(&kept, Reason::DerivedField), expected);
    let derived = reading.derived.iter().map(|of| (of.field.title(), of.from.title()));
    assert_eq!(derived.collect::<Vec<_>>(), expected);
}

#[test]
fn a_strict_unit_refuses_it_and_the_setting_is_named() {
    let rules = ReadingRules { is_strict: true, ..ReadingRules::default() };
    let refused = read_by(ONE_AMOUNT, &rules).1.unwrap_err().to_string();
    assert!(
        refused.contains("columns Base Amount, Entered Date, Supplier Ref are missing;")
            && refused
                .contains("; Base Amount, Entered Date, Supplier Ref would be taken from other")
            && refused.contains("the unit's reading rules are strict; add what"),
        "{refused}"
    );
    let mapping = suggested_mapping(
        FileType::Transactions,
        &ONE_AMOUNT.lines().next().unwrap().split(',').map(str::to_owned).collect::<Vec<_>>(),
    );
    let by_mapping = ReadingRules { mapping: Some(mapping), ..rules };
    let (strict, reading) = read_by(ONE_AMOUNT, &by_mapping);
    assert_eq!((reading.unwrap().derived, strict.notes()), (vec![], vec![]));
    let (derived, _) = read_by(ONE_AMOUNT, &ReadingRules::default());
    assert_eq!(strict.batches, derived.batches, "what is suggested reads as what was guessed");
}

#[test]
fn a_unique_id_is_never_derived_and_the_way_to_it_is_told() {
    let text = ONE_AMOUNT.replace("Unique ID", "Line");
    let ReadError::Refused(refused) = read_by(&text, &ReadingRules::default()).1.unwrap_err()
    else {
        panic!("it is the file's")
    };
    assert_eq!(refused.remedy(), Remedy::BuildIdentifier);
    let refused = refused.to_string();
    assert!(refused.starts_with("the mandatory column Unique ID is missing;"), "{refused}");
}

#[test]
fn an_invoice_amount_is_a_base_amount_in_the_base_currency_alone() {
    let euro = ["EUR", "GBP", "eur", "", "USD", "EUR"];
    let (kept, _) = read_by(&in_currencies(&euro), &ReadingRules::default());
    assert_eq!(kept.column("base_amount"), ["0", "-", "20000", "30000", "-", "50000"]);
    assert_eq!(kept.column("base_amount_currency"), ["EUR", "-", "EUR", "-", "-", "EUR"]);
    assert_eq!(
        note_values(&kept, Reason::NotInBaseCurrency),
        [("Currency", "GBP"), ("Currency", "USD")]
    );
    assert_eq!(note_values(&kept, Reason::BaseCurrencyAssumed), [("-", "EUR")]);
    let derived = note_values(&kept, Reason::DerivedField);
    assert_eq!(derived.last(), Some(&("Base Amount Currency", "Invoice Amount Currency")));

    let (kept, _) = read_by(&in_currencies(&["GBP", "GBP"]), &ReadingRules::default());
    assert_eq!(kept.column("base_amount"), ["0", "10000"]);
    assert_eq!(kept.column("base_amount_currency"), ["GBP", "GBP"]);
    assert_eq!(
        note_values(&kept, Reason::BaseCurrencyAssumed),
        [("-", "GBP")],
        "a guess of one as well"
    );

    // Said by the unit, or by the rows.
    let kept = mapped(&in_currencies(&euro), "base_amount_currency = { constant = \"GBP\" }");
    assert_eq!(kept.column("base_amount"), ["-", "10000", "-", "30000", "-", "-"]);
    assert_eq!(note_values(&kept, Reason::BaseCurrencyAssumed), []);
    let text = in_currencies(&euro).replace("Currency", "Currency,Base Currency");
    let text =
        text.replace("EUR,", "EUR,EUR,").replace("GBP,", "GBP,EUR,").replace("USD,", "USD,USD,");
    let text = text.replace(",eur,", ",eur,EUR,").replace(".00,,", ".00,,GBP,");
    let (kept, _) = read_by(&text, &ReadingRules::default());
    assert_eq!(kept.column("base_amount"), ["0", "-", "20000", "30000", "40000", "50000"]);
}

#[test]
fn the_currency_of_most_rows_is_that_of_the_whole_file() {
    let rows = usize::try_from(limits::INFERENCE_RECORDS).unwrap();
    let currencies: Vec<&str> =
        std::iter::repeat_n("USD", rows).chain(std::iter::repeat_n("GBP", rows + 1)).collect();
    let (kept, _) = read_by(&in_currencies(&currencies), &ReadingRules::default());
    assert_eq!(kept.restarts, 1);
    let base = kept.column("base_amount");
    assert!(base[..rows].iter().all(|amount| amount == "-"));
    assert!(base[rows..].iter().all(|amount| amount != "-"));
}

#[test]
fn a_column_named_outright_is_taken_whatever_the_currency() {
    let text = in_currencies(&["EUR", "GBP", "EUR"]);
    let kept = mapped(&text, "base_amount = \"Amount\"");
    assert_eq!(kept.column("base_amount"), ["0", "10000", "20000"]);
    let kept = mapped(&text, "base_amount = { field = \"invoice_amount\" }");
    assert_eq!(kept.column("base_amount"), ["0", "-", "20000"]);
    assert_eq!(note_values(&kept, Reason::NotInBaseCurrency), [("Currency", "GBP")]);
}

#[test]
fn a_second_amount_of_the_same_name_is_said() {
    let text = ONE_AMOUNT.replace("Amount,", "Amount,Amount,").replace("50,", "50,9.00,");
    let (kept, _) = read_by(&text, &ReadingRules::default());
    assert_eq!(kept.column("base_amount"), ["15000", "25000"]);
    assert!(kept.notes().contains(&Reason::ColumnTwice));
    let kept = mapped(&text, "base_amount = \"Amount#2\"");
    assert_eq!(kept.column("base_amount"), ["90000", "90000"]);
}

#[test]
fn suppliers_without_a_reference_are_known_by_their_name() {
    let text = "Supplier Name,IBAN\nAcme,GB1\n,GB2\n";
    let options = Options { failed_per_mille_max: 1_000, ..strict(FileType::Suppliers) };
    let (kept, reading) = read_with(text.as_bytes(), &options);
    reading.unwrap();
    assert_eq!(kept.column("supplier_ref"), ["Acme"]);
    assert_eq!(kept.set_aside(), [(3, Reason::Empty)], "said once");
}

/// A file whose amounts are these, quoted.
fn amounts(header: &str, cells: &[&str]) -> String {
    let row = |(at, cell): (usize, &&str)| format!("{at},A{at},\"{cell}\",2024-03-05,Acme,S\n");
    let rows = cells.iter().enumerate().map(row).collect::<String>();
    format!("Unique ID,Invoice Number,{header},Invoice Date,Supplier Name,Supplier Ref\n{rows}")
}

#[test]
fn a_currency_that_stands_with_the_amount_holds_the_base_amount_back() {
    let text = amounts("Amount", &["1.00 EUR", "£2.00", "3.00 EUR", "4.00", "$5.00", "€ 6.00"]);
    let (kept, _) = read_by(&text, &ReadingRules::default());
    assert_eq!(kept.column("invoice_amount")[1], "20000");
    assert_eq!(kept.column("base_amount"), ["10000", "-", "30000", "40000", "-", "60000"]);
    assert_eq!(kept.column("base_amount_currency"), ["EUR", "-", "EUR", "-", "-", "EUR"]);
    assert_eq!(kept.column("invoice_amount_currency"), ["EUR", "GBP", "EUR", "-", "-", "EUR"]);
    let held = [("Amount", "£2.00"), ("Amount", "$5.00")];
    assert_eq!(note_values(&kept, Reason::NotInBaseCurrency), held);
    assert_eq!(note_values(&kept, Reason::BaseCurrencyAssumed), [("-", "EUR")]);

    // Where most amounts have none, theirs is the base currency.
    let few = amounts("Amount", &["1.00", "2.00", "3.00 EUR", "4.00", "¤5.00"]);
    let (kept, _) = read_by(&few, &ReadingRules::default());
    assert_eq!(kept.column("base_amount"), ["10000", "20000", "-", "40000", "50000"]);
    assert_eq!(note_values(&kept, Reason::BaseCurrencyAssumed), []);

    // Said by the unit, or by the rows.
    let kept = mapped(&text, "base_amount_currency = { constant = \"GBP\" }");
    assert_eq!(kept.column("base_amount"), ["-", "20000", "-", "40000", "-", "-"]);
    let rows = text.replace("Amount,", "Amount,Base Currency,").replace(",2024", ",GBP,2024");
    let (kept, _) = read_by(&rows, &ReadingRules::default());
    assert_eq!(kept.column("base_amount"), ["-", "20000", "-", "40000", "-", "-"]);
    let filled = amounts("Amount,Currency", &["1.00 EUR\",\"", "2.00 USD\",\"", "3.00\",\"EUR"]);
    let (kept, _) = read_by(&filled, &ReadingRules::default());
    assert_eq!(kept.column("base_amount"), ["10000", "-", "30000"], "its column is empty there");
}

#[test]
fn one_symbol_in_all_rows_is_the_base_currency() {
    for cells in [["$1.00", "$2.00", "US$ 3.00"], ["£1.00", "£2.00", "3.00 GBP"]] {
        let (kept, _) = read_by(&amounts("Amount", &cells), &ReadingRules::default());
        assert_eq!(kept.column("base_amount"), ["10000", "20000", "30000"], "{cells:?}");
    }
    let dollars = amounts("Amount", &["$1.00", "$2.00", "A$ 3.00"]);
    let (kept, _) = read_by(&dollars, &ReadingRules::default());
    assert_eq!(kept.column("base_amount"), ["10000", "20000", "-"]);
}

#[test]
fn the_currency_that_a_header_names_is_every_rows() {
    for header in ["Amount (EUR)", "Invoice Amount EUR", "Amount in Euro", "Amount €"] {
        let text = amounts(header, &["1.00", "2.00 USD", "3.00"]);
        let (kept, _) = read_by(&text, &ReadingRules::default());
        assert_eq!(kept.column("invoice_amount_currency"), ["EUR", "USD", "EUR"], "{header}");
        assert_eq!(kept.column("base_amount"), ["10000", "-", "30000"], "{header}");
        assert_eq!(kept.column("base_amount_currency"), ["EUR", "-", "EUR"], "{header}");
        assert_eq!(note_values(&kept, Reason::CurrencyOfHeader), [(header, "EUR")]);
        assert_eq!(note_values(&kept, Reason::BaseCurrencyAssumed), [("-", "EUR")]);
    }
    let kept = mapped(
        &amounts("Amount (EUR)", &["1.00", "2.00"]),
        "base_amount_currency = { constant = \"GBP\" }",
    );
    assert_eq!(kept.column("base_amount"), ["-", "-"]);
    let kept = mapped(
        &amounts("Amount (EUR)", &["1.00", "2.00"]),
        "invoice_amount_currency = { constant = \"GBP\" }",
    );
    assert_eq!(kept.column("base_amount_currency"), ["GBP", "GBP"], "a mapping wins");
    assert_eq!(note_values(&kept, Reason::CurrencyOfHeader), []);
    let kept = mapped(
        &amounts("Amount", &["1.00 EUR", "2.00 EUR"]),
        "invoice_amount_currency = { constant = \"GBP\" }",
    );
    assert_eq!(kept.column("base_amount"), ["10000", "20000"], "it wins over the cells as well");

    let three = amounts("Amount (KWD)", &["1.234", "2.345"]);
    let (kept, _) = read_by(&three, &ReadingRules::default());
    assert_eq!(kept.column("invoice_amount"), ["12340", "23450"]);
}

#[test]
fn the_column_of_a_currency_wins_over_the_header() {
    let text = amounts("Amount (GBP),Currency", &["1.00\",\"GBP", "2.00\",\"usd", "3.00\",\""]);
    let (kept, _) = read_by(&text, &ReadingRules::default());
    assert_eq!(kept.column("invoice_amount_currency"), ["GBP", "USD", "GBP"]);
    assert_eq!(kept.column("base_amount"), ["10000", "-", "30000"]);
    assert_eq!(note_values(&kept, Reason::OtherCurrency), [("Currency", "usd")]);
    assert_eq!(note_values(&kept, Reason::CurrencyOfHeader), []);
}
