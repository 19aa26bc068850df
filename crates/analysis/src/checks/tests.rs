use std::fmt::Write as _;
use std::fs;

use super::*;

#[path = "../../build/code.rs"]
mod code;
#[path = "../../build/folder.rs"]
mod folder;

/// A `check.toml` with all that must be there.
const ABOUT: &str = r#"
order = 1
title = "A title"
finds = "something"
about = "What it is about."
severity = "medium"
verdict = "action"
innocent_if = "it is none"
claim = "it is so"
lane = "look_into"
needs = ["suppliers.iban or suppliers.account_number"]

[parameters.days]
about = "So many days"
kind = "count"
unit = "days"
default = 30
"#;

const SQL: &str = "SELECT 1 WHERE 2 < {days}";

/// The only check below a folder, or why it does not compile.
fn read(name: &str, files: &[(&str, &str)]) -> Result<String, String> {
    let files: Vec<_> =
        files.iter().map(|(file, text)| (format!("{name}/{file}"), *text)).collect();
    read_all(&files)
}

/// The checks of a folder by the files below it, or why they do not compile.
fn read_all(files: &[(String, &str)]) -> Result<String, String> {
    let root = tempfile::tempdir().unwrap();
    for (file, text) in files {
        let path = root.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let checks = folder::read_all(root.path())?;
    Ok(code::write(&checks))
}

fn read_about(about: &str) -> Result<String, String> {
    let (sql, case) = (("check.sql", SQL), ("cases/one.toml", ""));
    read("some_check", &[("check.toml", about), sql, case])
}

#[test]
fn a_folder_becomes_a_check() {
    let code = read_about(ABOUT).unwrap();
    for part in [
        r#"name: "some_check""#,
        "verdict: VerdictWords::Action",
        r#"needs: &[&[("suppliers", "iban"), ("suppliers", "account_number")]]"#,
        r#"kind: ParameterKind::Count, unit: "days", default: 30.0"#,
        "figures_sql: None",
    ] {
        assert!(code.contains(part), "{part} in {code}");
    }
}

#[test]
fn a_folder_that_is_not_right_does_not_compile() {
    for (wrong, says) in [
        (ABOUT.replace("order = 1\n", ""), "missing field `order`"),
        (ABOUT.replace("title", "titel"), "unknown field `titel`"),
        (ABOUT.replace(r#""action""#, r#""maybe""#), "unknown variant `maybe`"),
        (ABOUT.replace(r#""count""#, r#""colour""#), "unknown variant `colour`"),
        (ABOUT.replace("unit =", "unity ="), "unknown field `unity`"),
        (ABOUT.replace("look_into", "recover"), "what can be recovered is at risk"),
        (ABOUT.replace("look_into", "stop_payment"), "unknown variant `stop_payment`"),
        (ABOUT.replace("suppliers.iban", "iban"), "`table.column`"),
        (ABOUT.replace("parameters.days", "parameters.dais"), "no parameter `days`"),
        (
            format!(
                "{ABOUT}\n[parameters.more]\nabout = \"\"\nkind = \"number\"\nunit = \"\"\ndefault = 1"
            ),
            "`more` is used nowhere",
        ),
        (ABOUT.replace("30", "30.5"), "30.5 cannot be the default of `days`"),
        (format!("{ABOUT}takes_more = true"), "`days` takes more only as an `amount`"),
        (
            format!("{}takes_more = true", ABOUT.replace("count", "amount")),
            "`days` takes more, and `{days.amount}` is used nowhere",
        ),
        (ABOUT.replace("it is so", " "), "`claim` is empty"),
        (ABOUT.replace("something", "a | b"), "`finds` is one line"),
    ] {
        let why = read_about(&wrong).unwrap_err();
        assert!(why.contains(says) && why.starts_with("checks/some_check/check.toml"), "{why}");
    }
}

#[test]
fn files_of_a_check_are_known_ones() {
    let (about, sql, case) = (("check.toml", ABOUT), ("check.sql", SQL), ("cases/one.toml", ""));
    for (name, files, says) in [
        ("SomeCheck", vec![about, sql, case], "small letters"),
        ("some_check", vec![sql, case], "check.toml"),
        ("some_check", vec![about, case], "check.sql"),
        ("some_check", vec![about, sql], "cases"),
        ("some_check", vec![about, sql, case, ("chek.sql", "")], "chek.sql: no part of a check"),
    ] {
        let why = read(name, &files).unwrap_err();
        assert!(why.contains(says), "{why}");
    }
    assert!(read("some_check", &[about, sql, case, ("figures.sql", "SELECT 1")]).is_ok());
}

#[test]
fn a_fragment_stands_in_the_statements_that_name_it() {
    let check = |name: &str, sql: &'static str| {
        [("check.toml", ABOUT), ("check.sql", sql), ("cases/one.toml", "")]
            .map(|(file, text)| (format!("{name}/{file}"), text))
    };
    let fragment = ("late.sql".to_owned(), "late AS (SELECT {days} AS days)\n");
    let with = "WITH {{late}} SELECT days FROM late";
    let read = |one, other| {
        let checks = [check("one", one), check("other", other)];
        read_all(&[checks.concat(), vec![fragment.clone()]].concat())
    };
    let code = read(with, with).unwrap();
    assert_eq!(code.matches("WITH late AS (SELECT {days} AS days) SELECT").count(), 2, "{code}");
    let why = read(with, SQL).unwrap_err();
    assert!(why.contains("checks/late.sql: a fragment stands in two checks"), "{why}");
    let why = read(with, "WITH {{early}} SELECT {days}").unwrap_err();
    assert!(why.contains("no parameter `early`"), "{why}");
}

#[test]
fn every_check_needs_columns_that_exist() {
    for check in Check::all() {
        for (table, column) in check.needs.iter().copied().flatten() {
            let schema = crate::schema::table_schema(file_type_of(table));
            assert!(schema.column_with_name(column).is_some(), "{}: {column}", check.name);
        }
        assert!(!check.describe().innocent_reasons.is_empty(), "{}", check.name);
    }
}

#[test]
fn the_documentation_lists_every_check() {
    let mut table = "| check | finds |\n|---|---|\n".to_owned();
    for check in Check::all() {
        let context = if check.severity == Severity::Context {
            "; context, which stands behind in the queue"
        } else {
            ""
        };
        writeln!(table, "| `{}` | {}{context} |", check.name, check.finds).unwrap();
    }
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/checks.md");
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains(&table), "put this table into docs/checks.md:\n\n{table}");
}

#[test]
fn the_front_page_counts_them() {
    let readme = include_str!("../../../../README.md");
    let said = format!("[{} checks](docs/checks.md)", Check::all().len());
    assert!(readme.contains(&said), "README.md says another number than {said}");
}

/// A limit in a currency is one of invoices in it, and the others are of what is left.
#[test]
fn a_check_with_a_limit_is_asked_for_each() {
    let check = Check::all().iter().find(|check| check.name == "just_below_limit").unwrap();
    let usual = WorkCalendar::default();
    let alone = ConfiguredCheck::new(check, |_| None).of_unit(&BTreeSet::new(), &usual).main_sql();
    assert!(!alone.contains("UNION ALL") && !alone.contains('{'), "{alone}");
    let more = Limit::listed("50,000\nEUR 6,000\nEUR 60,000").unwrap();
    let sql = ConfiguredCheck::new(check, |_| Some(0.5)).of_unit(&more, &usual).main_sql();
    assert!(!sql.contains('{'), "{sql}");
    let parts: Vec<&str> = sql.split("UNION ALL").collect();
    for (part, says) in [
        (0, "coalesce(invoice_amount_currency, '') NOT IN ('EUR')"),
        (0, "concat(supplier_ref, '') AS known_by"),
        (1, "base_amount < 50000.00"),
        (1, "concat(supplier_ref, ' 50000.00') AS known_by"),
        (1, "comparable invoices of"),
        (2, "invoice_amount < 6000.00"),
        (2, "invoice_amount_currency = 'EUR'"),
        (2, "EUR invoices of"),
        (3, "concat(supplier_ref, ' EUR 60000.00') AS known_by"),
    ] {
        assert!(parts[part].contains(says), "{says} in {}", parts[part]);
    }
    // Only the first of several limits may be assumed.
    let split = Check::all().iter().find(|check| check.name == "split_invoice").unwrap();
    for (number, first) in [(None, "AND (false OR"), (Some(0.5), "AND (true OR")] {
        let sql = ConfiguredCheck::new(split, |_| number).of_unit(&more, &usual).main_sql();
        let parts: Vec<&str> = sql.split("UNION ALL").collect();
        assert!(!sql.contains('{') && parts[0].contains(first), "{}", parts[0]);
        assert!(parts[1..].iter().all(|part| part.contains("AND (true OR")), "{sql}");
    }
    // A check without a limit, or without days, asks for none.
    let gulf: WorkCalendar = "friday,saturday;none;;".parse().unwrap();
    for check in Check::all() {
        let of_unit = ConfiguredCheck::new(check, |_| None).of_unit(&more, &gulf);
        let takes_more = check.parameters.iter().any(|one| one.takes_more);
        assert_eq!(of_unit.more_limits.is_empty(), !takes_more, "{}", check.name);
        assert_eq!(of_unit.calendar == gulf, check.name == "weekend_keying", "{}", check.name);
    }
}
