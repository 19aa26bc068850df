use super::*;

fn description() -> OwnCheckDescription {
    OwnCheckDescription {
        order: 0,
        title: "Cash above the limit".to_owned(),
        finds: String::new(),
        about: String::new(),
        severity: Severity::Medium,
        verdict: VerdictWords::Action,
        claim: "it was cash".to_owned(),
        innocent_if: "the till is kept there".to_owned(),
        innocent_reasons: Vec::new(),
        at_risk_is: None,
        lane: None,
        money: Some("at_risk".to_owned()),
        needs: vec!["transactions.payment_type or transactions.status".to_owned()],
        parameters: BTreeMap::from([("limit".to_owned(), number("500"))]),
    }
}

fn number(default: &str) -> OwnParameter {
    let default = default.parse().unwrap();
    OwnParameter { about: String::new(), kind: ParameterKind::Count, unit: String::new(), default }
}

const SQL: &str = "SELECT 1 WHERE 2 < {limit}";

#[test]
fn names_are_of_small_letters() {
    for name in ["a", "cash_above_limit", "b2"] {
        let name: OwnCheckName = name.parse().unwrap();
        assert_eq!(OwnCheckName::of_finding(&name.in_findings()), Some(name));
    }
    for name in ["", "A", "_a", "a_", "a__b", "2b", "a b", "a-b", "ü", &"a".repeat(41)] {
        assert_eq!(name.parse::<OwnCheckName>(), Err(InvalidOwnCheck::Name), "{name}");
    }
    let name: OwnCheckName = "cash_above_limit".parse().unwrap();
    assert_eq!(name.in_words(), "Cash above limit");
    assert_eq!(OwnCheckName::of_finding("spike"), None);
}

#[test]
fn a_check_has_its_sentences_and_numbers() {
    let name = || "cash".parse::<OwnCheckName>().unwrap();
    let check = OwnCheck::new(name(), description(), &format!("  {SQL}\r\n")).unwrap();
    assert_eq!(check.statement(), "SELECT 1 WHERE 2 < 500");
    assert_eq!(
        check.needs(),
        [[("transactions", "payment_type"), ("transactions", "status")]],
        "one of two"
    );
    let usual = description;
    for (description, sql, says) in [
        (OwnCheckDescription { title: " ".into(), ..usual() }, SQL, "`title` is empty"),
        (OwnCheckDescription { title: "a\nb".into(), ..usual() }, SQL, "on one line"),
        (OwnCheckDescription { title: "a".repeat(121), ..usual() }, SQL, "more than 120"),
        (OwnCheckDescription { claim: String::new(), ..usual() }, SQL, "`claim` is empty"),
        (OwnCheckDescription { needs: vec!["iban".into()], ..usual() }, SQL, "not `iban`"),
        (usual(), "", "`check.sql` is empty"),
        (usual(), "SELECT 1", "`limit` is used nowhere"),
        (usual(), "SELECT {limit} + {other}", "names {other}"),
        (
            OwnCheckDescription {
                parameters: BTreeMap::from([("limit".to_owned(), number("0.5"))]),
                ..usual()
            },
            SQL,
            "counts whole",
        ),
        (OwnCheckDescription { lane: Some("lost".into()), ..usual() }, SQL, "look_into"),
    ] {
        let why = OwnCheck::new(name(), description, sql).unwrap_err().to_string();
        assert!(why.contains(says), "{why}");
    }
    let long = format!("SELECT {{limit}} {}", "-".repeat(SQL_BYTES_MAX));
    assert_eq!(OwnCheck::new(name(), description(), &long), Err(InvalidOwnCheck::SqlTooLong));
}
