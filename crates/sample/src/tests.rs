//! The files of a sample, read again and held against what they promise.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use jiff::civil::date;
use tempfile::TempDir;

use super::{Plan, bank, vat, write};

type Row = HashMap<String, String>;

struct Sample {
    folder: TempDir,
    suppliers: Vec<Row>,
    earlier_suppliers: Vec<Row>,
    employees: Vec<Row>,
    transactions: Vec<Row>,
    cases: Vec<Case>,
}

struct Case {
    kind: String,
    innocent: bool,
    rows: Vec<(String, String)>,
}

fn plan(seed: u64, invoices: u64) -> Plan {
    let parties = usize::try_from(invoices / 40).unwrap();
    Plan { seed, invoices, suppliers: parties, employees: parties, until: date(2026, 9, 30) }
}

fn sample(plan: &Plan) -> Sample {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), plan).unwrap();
    let path = folder.path();
    let truth = fs::read_to_string(path.join("truth.json")).unwrap();
    let truth: serde_json::Value = serde_json::from_str(&truth).unwrap();
    Sample {
        suppliers: read(&path.join("suppliers_20260930.csv")),
        earlier_suppliers: read(&path.join("suppliers_20260801.csv")),
        employees: read(&path.join("employees_20260930.csv")),
        transactions: read(&path.join("transactions_20260930.csv")),
        cases: truth["cases"].as_array().unwrap().iter().map(case).collect(),
        folder,
    }
}

fn case(case: &serde_json::Value) -> Case {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let rows = case["rows"].as_array().unwrap();
    Case {
        kind: text(&case["kind"]),
        innocent: case["innocent"].as_bool().unwrap(),
        rows: rows.iter().map(|row| (text(&row["file"]), text(&row["id"]))).collect(),
    }
}

fn read(path: &Path) -> Vec<Row> {
    let text = fs::read_to_string(path).unwrap();
    let mut records = text.lines().map(cells);
    let header = records.next().unwrap();
    records
        .map(|record| {
            assert_eq!(record.len(), header.len(), "{record:?}");
            header.iter().cloned().zip(record).collect()
        })
        .collect()
}

/// The cells of a line; no cell here has a line break.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        let cell = cells.last_mut().unwrap();
        match character {
            '"' if quoted && characters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cell.push(other),
        }
    }
    cells
}

impl Sample {
    fn ids<'a>(&'a self, kinds: &'a [&str]) -> BTreeSet<&'a str> {
        let cases = self.cases.iter().filter(|case| kinds.contains(&case.kind.as_str()));
        cases.flat_map(|case| case.rows.iter().map(|(_, id)| id.as_str())).collect()
    }

    fn transaction(&self, id: &str) -> &Row {
        // The ids count the rows.
        &self.transactions[id[1..].parse::<usize>().unwrap() - 1]
    }
}

#[test]
fn the_same_plan_writes_the_same_bytes_and_another_seed_others() {
    let bytes = |sample: &Sample| -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(sample.folder.path()).unwrap().map(Result::unwrap);
        entries
            .map(|entry| {
                (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())
            })
            .collect()
    };
    let [one, again, other] = [1, 1, 2].map(|seed| bytes(&sample(&plan(seed, 5_000))));
    assert!(one == again, "the files of one plan differ");
    assert_eq!(one.len(), 5);
    assert!(one.iter().all(|(name, bytes)| other[name] != *bytes), "the seed changes every file");
}

#[test]
fn every_case_names_rows_that_exist() {
    for plan in [plan(3, 5_000), plan(1, 20_000)] {
        let sample = sample(&plan);
        let ids = |rows: &[Row], field: &str| -> BTreeSet<String> {
            rows.iter().map(|row| row[field].clone()).collect()
        };
        let existing = HashMap::from([
            ("suppliers", ids(&sample.suppliers, "Supplier Ref")),
            ("employees", ids(&sample.employees, "Employee ID")),
            ("transactions", ids(&sample.transactions, "Unique ID")),
        ]);
        for case in &sample.cases {
            assert!(!case.rows.is_empty(), "{}", case.kind);
            for (file, id) in &case.rows {
                assert!(existing[file.as_str()].contains(id), "{}: {file} {id}", case.kind);
            }
        }
        let unknown = sample
            .transactions
            .iter()
            .find(|row| !existing["suppliers"].contains(&row["Supplier Ref"]));
        assert!(unknown.is_none(), "{unknown:?}");
    }
}

#[test]
fn every_kind_is_planted_and_every_planted_kind_is_documented() {
    let sample = sample(&plan(1, 20_000));
    let page = include_str!("../../../docs/sample.md");
    let (_, page) = page.split_once("## To be found").unwrap();
    let (to_find, innocent) = page.split_once("## Legitimate look-alikes").unwrap();
    for (part, is_innocent) in [(to_find, false), (innocent, true)] {
        let documented: BTreeSet<&str> =
            part.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
        let cases = sample.cases.iter().filter(|case| case.innocent == is_innocent);
        let planted: BTreeSet<&str> = cases.map(|case| case.kind.as_str()).collect();
        assert_eq!(documented, planted);
    }
}

/// What makes an invoice the one it is; a copy differs in what its kind says and in nothing else.
#[test]
fn copies_differ_in_what_their_kind_says() {
    let number: &[&str] = &["Invoice Number"];
    let amount: &[&str] = &["Invoice Amount"];
    let differing: HashMap<&str, &[&str]> = HashMap::from([
        ("exact", &[][..]),
        ("punctuation", number),
        ("leading_zeros", number),
        ("suffix", number),
        ("transposed_digits", number),
        ("substituted_digit", number),
        ("dropped_digit", number),
        ("added_digit", number),
        ("misread_character", number),
        ("date_as_number", number),
        ("second_reference", &["Supplier Ref"]),
        ("wrong_supplier", &["Supplier Ref"]),
        ("other_group", &["Org Group Ref"]),
        ("net_for_gross", amount),
        ("transposed_amount", amount),
        ("slipped_decimal", amount),
        ("amount_nearly", amount),
        ("half", amount),
        ("day_and_month_swapped", &["Invoice Date"]),
        ("wrong_year", &["Invoice Date"]),
        ("other_currency", &["Invoice Amount Currency"]),
        ("credit_as_invoice", amount),
        ("card_and_invoice", &["Invoice Number", "Payment Type"]),
    ]);
    let sample = sample(&plan(1, 20_000));
    let mut seen = BTreeSet::new();
    for case in &sample.cases {
        let Some(expected) = differing.get(case.kind.as_str()) else { continue };
        seen.insert(&case.kind);
        let [(_, first), (_, second)] = &case.rows[..] else { panic!("{}: two rows", case.kind) };
        let (first, second) = (sample.transaction(first), sample.transaction(second));
        assert!(first["Entered Date"] < second["Entered Date"], "{}", case.kind);
        for field in [
            "Invoice Number",
            "Invoice Amount",
            "Invoice Amount Currency",
            "Supplier Ref",
            "Org Group Ref",
        ] {
            let differs = first[field] != second[field];
            assert_eq!(differs, expected.contains(&field), "{}: {field}", case.kind);
        }
        for field in *expected {
            assert_ne!(first[*field], second[*field], "{}: {field}", case.kind);
        }
    }
    assert_eq!(seen.len(), differing.len());
}

#[test]
fn only_planted_invoices_come_twice() {
    let sample = sample(&plan(1, 20_000));
    let planted = sample.ids(&["exact", "other_group", "day_and_month_swapped", "wrong_year"]);
    let innocent = sample.ids(&["instalments"]);
    let mut first: HashMap<[&str; 4], &str> = HashMap::new();
    for row in &sample.transactions {
        let key = ["Supplier Ref", "Invoice Number", "Invoice Amount", "Invoice Amount Currency"];
        let id = row["Unique ID"].as_str();
        if let Some(other) = first.insert(key.map(|field| row[field].as_str()), id) {
            let known = planted.contains(id) || innocent.contains(id);
            assert!(known, "{other} and {id} are one invoice");
        }
    }
}

/// Otherwise nothing but a limit that is assumed would make them one.
#[test]
fn pieces_of_a_split_are_billed_on_one_order() {
    let sample = sample(&plan(1, 20_000));
    let splits = sample.cases.iter().filter(|case| case.kind == "split_invoice");
    let mut orders = BTreeSet::new();
    for case in splits {
        let ids = case.rows.iter().filter(|(file, _)| file == "transactions");
        let pieces: Vec<&Row> = ids.map(|(_, id)| sample.transaction(id)).collect();
        let terms = pieces.iter().copied().map(|row| (&row["PO Number"], &row["Order Value"]));
        let terms: BTreeSet<_> = terms.collect();
        assert!(pieces.len() == 3 && terms.len() == 1, "{terms:?}");
        let net = |row: &&Row| {
            row["Invoice Amount"].parse::<f64>().unwrap()
                - row["VAT Amount"].parse::<f64>().unwrap()
        };
        let value: f64 = pieces[0]["Order Value"].parse().unwrap();
        assert!(pieces.iter().map(net).sum::<f64>() <= value, "the order is worth all of it");
        orders.extend(terms);
    }
    assert!(orders.len() > 1 && orders.iter().all(|(order, _)| !order.is_empty()), "{orders:?}");
}

#[test]
fn identifiers_are_valid_but_for_the_planted_ones() {
    let sample = sample(&plan(1, 20_000));
    let wrong = |field: &str, is_valid: fn(&str) -> bool| -> BTreeSet<&str> {
        let given = sample.suppliers.iter().filter(|row| !row[field].is_empty());
        let wrong = given.filter(|row| !is_valid(&row[field]));
        wrong.map(|row| row["Supplier Ref"].as_str()).collect()
    };
    assert_eq!(wrong("IBAN", bank::is_valid_iban), sample.ids(&["invalid_iban"]));
    let is_valid_vat = |number: &str| !number.starts_with("GB") || vat::is_valid_gb(number);
    assert_eq!(wrong("VAT Number", is_valid_vat), sample.ids(&["invalid_vat_number"]));
    assert!(sample.employees.iter().all(|row| bank::is_valid_iban(&row["IBAN"])));
}

#[test]
fn nothing_is_shared_that_was_not_planted() {
    let sample = sample(&plan(1, 20_000));
    for (field, kinds) in [
        (
            "Account Number",
            &["shared_bank_account", "duplicate_supplier", "group_bank_account"][..],
        ),
        ("VAT Number", &["duplicate_supplier", "group_bank_account"]),
        ("Telephone", &["duplicate_supplier"]),
        ("E-mail", &[]),
    ] {
        let mut having: HashMap<&str, BTreeSet<&str>> = HashMap::new();
        for row in sample.suppliers.iter().filter(|row| !row[field].is_empty()) {
            having.entry(&row[field]).or_default().insert(&row["Supplier Ref"]);
        }
        let shared: BTreeSet<&str> =
            having.into_values().filter(|refs| refs.len() > 1).flatten().collect();
        let planted = sample.ids(kinds);
        assert!(shared.is_subset(&planted), "{field}: {:?}", shared.difference(&planted));
        assert_eq!(shared.is_empty(), kinds.is_empty(), "{field}");
    }
}

#[test]
fn the_two_supplier_files_differ_by_the_planted_changes() {
    let sample = sample(&plan(1, 20_000));
    let accounts = |rows: &[Row]| -> BTreeMap<(String, String), String> {
        let key = |row: &Row| (row["Supplier Ref"].clone(), row["Site Ref"].clone());
        rows.iter().map(|row| (key(row), row["IBAN"].clone())).collect()
    };
    let (earlier, later) = (accounts(&sample.earlier_suppliers), accounts(&sample.suppliers));
    let changed: BTreeSet<&str> = earlier
        .iter()
        .filter(|(key, iban)| later[*key] != **iban)
        .map(|((reference, _), _)| reference.as_str())
        .collect();
    let mut planted = sample.ids(&["bank_changed_then_paid"]);
    planted.retain(|id| id.starts_with('S'));
    assert_eq!(changed, planted);
}

#[test]
fn headers_are_those_of_the_file_types() {
    use super::{employees, invoice, suppliers};
    use domain::FileType;
    for (file_type, columns) in [
        (FileType::Transactions, &invoice::COLUMNS[..]),
        (FileType::Suppliers, &suppliers::COLUMNS[..]),
        (FileType::Employees, &employees::COLUMNS[..]),
    ] {
        let is_unknown = |name: &&&str| file_type.column(name).is_none();
        let unknown: Vec<&&str> = columns.iter().filter(is_unknown).collect();
        assert!(unknown.is_empty(), "{file_type}: {unknown:?}");
    }
}
