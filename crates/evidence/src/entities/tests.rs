//! Parties, end to end, on made-up rows.

use super::*;

const BANK: Kind = Kind::Identifier("bank account");

fn record(fields: &[(Kind, &str)]) -> Record {
    let fields = fields.iter().filter(|(_, text)| !text.is_empty());
    Record { fields: fields.map(|(kind, text)| (*kind, (*text).to_owned())).collect() }
}

fn supplier(name: &str, address: &str, postcode: &str, telephone: &str, bank: &str) -> Record {
    record(&[
        (Kind::Organisation, name),
        (Kind::Address, address),
        (Kind::Postcode, postcode),
        (Kind::Telephone, telephone),
        (BANK, bank),
    ])
}

/// Figures that look random and are the same each time.
fn scattered(at: usize, salt: usize, limit: usize) -> usize {
    let mut mixed = (at * 2_654_435_761 + salt * 40_503 + 12_345) & 0xFFFF_FFFF;
    mixed ^= mixed >> 15;
    mixed = (mixed * 2_246_822_519) & 0xFFFF_FFFF;
    (mixed ^ (mixed >> 13)) % limit
}

fn word(seed: usize) -> String {
    let (hard, soft) = (b"BDFGKLMNPRSTVZ", b"AEIOU");
    let letters = (0..4).flat_map(|at| {
        [hard[scattered(seed, at, hard.len())], soft[scattered(seed, at + 9, soft.len())]]
    });
    letters.map(char::from).collect()
}

/// Different suppliers, ten to a town.
fn ledger(count: usize) -> Vec<Record> {
    let one = |at: usize| {
        let name = format!("{} {} Services Ltd", word(at), word(scattered(at, 1, 60)));
        let address =
            format!("{} {} Road", 1 + scattered(at, 2, 90), word(5_000 + scattered(at, 3, 80)));
        let postcode = format!(
            "{}{} {}AB",
            &word(9_000 + at / 10)[..2],
            1 + at / 10 % 9,
            scattered(at, 4, 10)
        );
        let telephone = format!("0{}{:06}", 1_000 + at / 10, scattered(at, 5, 1_000_000));
        supplier(
            &name,
            &address,
            &postcode,
            &telephone,
            &format!("{:08}", scattered(at, 6, 100_000_000)),
        )
    };
    (0..count).map(one).collect()
}

/// Name, address, postcode, telephone, bank account.
const KEYED_AGAIN: [[[&str; 5]; 2]; 3] = [
    [
        ["Acme Widget Co. Ltd", "12 High Street", "AB1 2CD", "01234 567890", "12345678"],
        ["ACME WIDGET LIMITED", "12 High St", "AB1 2CD", "+44 1234 567890", ""],
    ],
    [
        ["Zephyr Hire", "7 Mill Lane", "ZX9 9ZX", "01999 111222", "87654321"],
        ["Zephir Hire Ltd", "7, Mill Ln.", "ZX9 9XZ", "", "87654321"],
    ],
    [
        ["Quartz & Sons", "The Old Dairy", "QQ1 1QQ", "01777 333444", "11223344"],
        ["Quartz and Sons t/a Stone", "Old Dairy", "", "01777 333444", "11223344"],
    ],
];

fn matches(records: &[Record]) -> Matches {
    Matcher::new(Settings::default()).train(records)
}

#[test]
fn finds_what_was_keyed_again_and_nothing_else() {
    let mut records = ledger(160);
    let mut expected = Vec::new();
    for [first, second] in KEYED_AGAIN {
        expected.push(vec![records.len(), records.len() + 1]);
        for [name, address, postcode, telephone, bank] in [first, second] {
            records.push(supplier(name, address, postcode, telephone, bank));
        }
    }
    let found = matches(&records);
    assert_eq!(found.clusters(DEFAULT_THRESHOLD), expected);
    let evidence = found.evidence(160, 161);
    assert!(
        evidence
            .iter()
            .any(|of| of.words.starts_with("same postcode, which 2 of 165 share (so are ")
                && of.bits > 3.0),
        "{evidence:?}"
    );
    let total: f64 = evidence.iter().map(|of| of.bits).sum();
    assert!(
        (found.odds(160, 161) - found.weights.prior_bits - total).abs() < 1e-9,
        "the evidence adds up to the odds"
    );
}

#[test]
fn a_ledger_without_repeats_gives_no_parties() {
    for count in [0, 1, 2, 50, 200] {
        let found = matches(&ledger(count));
        assert_eq!(found.clusters(DEFAULT_THRESHOLD), Vec::<Vec<usize>>::new(), "{count} rows");
    }
    assert_eq!(matches(&vec![Record::default(); 5]).pairs(), &[]);
}

#[test]
fn a_telephone_alone_makes_no_party() {
    let mut records = ledger(160);
    for record in records.iter_mut().take(12) {
        record.fields.retain(|(kind, _)| *kind != Kind::Telephone);
        record.fields.push((Kind::Telephone, "0800 555 1234".to_owned()));
    }
    assert_eq!(matches(&records).clusters(DEFAULT_THRESHOLD), Vec::<Vec<usize>>::new());
}

#[test]
fn people_with_names_swapped_and_dates_turned() {
    let person = |given: String, family: String, born: String, town: String, number: String| {
        record(&[
            (Kind::GivenName, &given),
            (Kind::Surname, &family),
            (Kind::BirthDate, &born),
            (Kind::Town, &town),
            (Kind::Identifier("social security number"), &number),
        ])
    };
    let born = |at: usize| {
        format!(
            "{}-{:02}-{:02}",
            1930 + scattered(at, 1, 70),
            1 + scattered(at, 2, 12),
            1 + scattered(at, 3, 28)
        )
    };
    let mut records: Vec<Record> = (0..120)
        .map(|at| {
            person(
                word(scattered(at, 7, 60)),
                word(500 + scattered(at, 8, 150)),
                born(at),
                word(900 + at % 40),
                format!("{:07}", scattered(at, 4, 10_000_000)),
            )
        })
        .collect();
    let text = str::to_owned;
    records.push(person(
        text("Amélie"),
        text("Oakenshaw"),
        text("1961-03-07"),
        text("Grimsby"),
        text("1234567"),
    ));
    records.push(person(
        text("Oakenshaw"),
        text("Amelie"),
        text("1961-07-03"),
        text("Grimsby"),
        text("1234576"),
    ));
    let found = matches(&records);
    assert_eq!(found.clusters(DEFAULT_THRESHOLD), vec![vec![120, 121]]);
    let words: Vec<String> = found.evidence(120, 121).into_iter().map(|of| of.words).collect();
    for expected in [
        "given name and surname in each other's place",
        "date of birth with its parts in another order",
        "social security number differs by one character",
    ] {
        assert!(words.iter().any(|words| words.starts_with(expected)), "{expected}: {words:?}");
    }
}

#[test]
fn a_missing_field_is_neutral() {
    let mut records = ledger(200);
    let full = supplier("Acme Widget Ltd", "12 High Street", "AB1 2CD", "01234 567890", "12345678");
    let mut bare = full.clone();
    bare.fields.retain(|(kind, _)| *kind != BANK);
    records.extend([full.clone(), full, bare]);
    let found = matches(&records);
    let said =
        |a: usize, b: usize| found.evidence(a, b).into_iter().map(|of| of.kind).collect::<Vec<_>>();
    assert!(said(200, 201).contains(&BANK) && !said(200, 202).contains(&BANK));
    assert_eq!(found.clusters(DEFAULT_THRESHOLD), vec![vec![200, 201, 202]]);
}

#[test]
fn a_bridge_between_contradicting_rows_is_not_closed() {
    let edges = [(0, 1, 10.0), (1, 2, 8.0), (4, 5, 7.0)];
    let joins = clusters::joins(&edges, &|_, _| -12.0);
    assert_eq!(clusters::cut(&joins, 5.0), vec![vec![0, 1], vec![4, 5]]);
    let agreed = clusters::joins(&edges, &|_, _| 6.0);
    assert_eq!(clusters::cut(&agreed, 5.0), vec![vec![0, 1, 2], vec![4, 5]]);
}

#[test]
fn the_same_rows_give_the_same_parties() {
    let mut records = ledger(150);
    records.extend(ledger(10));
    let (first, second) = (matches(&records), matches(&records));
    assert_eq!(first.pairs(), second.pairs());
    assert_eq!(first.clusters(DEFAULT_THRESHOLD).len(), 10);
}
