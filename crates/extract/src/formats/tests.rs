use super::*;
use crate::amounts::{self, DecimalEvidence};
use crate::dates::{self, Today};
use domain::DecimalStyle;

/// The values of each column, and what decides it how.
type Case<'a, T> = (&'a [&'a [&'a str]], &'a [(T, DecidedBy)]);

fn usual(order: DateOrder) -> DateStyle {
    DateStyle::usual(order, Today::new(jiff::civil::date(2026, 11, 23)))
}

fn decimal_evidence(value: &str) -> DecimalEvidence {
    amounts::read(value, |_, _| DecimalStyle::Point).evidence
}

fn signs(kind: ColumnKind, values: &[&str]) -> (Option<ColumnKind>, Signs) {
    let mut signs = Signs::default();
    for value in values {
        match kind {
            ColumnKind::Date => {
                let _read = dates::parse(value, &usual(DateOrder::DayFirst), &mut signs.dates);
            }
            _ => signs.amounts.count_style(decimal_evidence(value)),
        }
    }
    (Some(kind), signs)
}

#[test]
fn the_column_decides_then_the_file_then_the_unit() {
    use DateOrder::{DayFirst, MonthFirst};
    let either = "03/04/2019";
    let cases: [Case<'_, DateOrder>; 6] = [
        (&[&[either, "13/04/2019"]], &[(DayFirst, DecidedBy::Values)]),
        (&[&[either, "04/13/2019"]], &[(MonthFirst, DecidedBy::Values)]),
        (&[&[either]], &[(MonthFirst, DecidedBy::Assumption)]),
        (&[&["2019-04-03"]], &[(MonthFirst, DecidedBy::NoNeed)]),
        (
            &[&[either], &["13/04/2019"]],
            &[(DayFirst, DecidedBy::OtherColumns), (DayFirst, DecidedBy::Values)],
        ),
        (&[&["04/13/2019", "13/04/2019", "14/04/2019"]], &[(DayFirst, DecidedBy::Values)]),
    ];
    for (columns, expected) in cases {
        let columns: Vec<_> = columns.iter().map(|c| signs(ColumnKind::Date, c)).collect();
        let decided =
            decide(&columns, usual(MonthFirst), AmountRules::default()).into_iter().map(|format| {
                match format {
                    ColumnFormat::Date { order, by, .. } => (order, by),
                    other => panic!("not a date: {other:?}"),
                }
            });
        assert_eq!(decided.collect::<Vec<_>>(), expected, "{columns:?}");
    }
}

#[test]
fn amounts_are_decided_likewise() {
    use DecimalStyle::{Comma, Point};
    let cases: [Case<'_, DecimalStyle>; 5] = [
        (&[&["1.234", "1,50"]], &[(Comma, DecidedBy::Values)]),
        (&[&["1,234", "1.50"]], &[(Point, DecidedBy::Values)]),
        (&[&["1.234"], &["1,50"]], &[(Comma, DecidedBy::OtherColumns), (Comma, DecidedBy::Values)]),
        (&[&["1.234"]], &[(Comma, DecidedBy::Assumption)]),
        (&[&["12", "1000"]], &[(Point, DecidedBy::NoNeed)]),
    ];
    for (columns, expected) in cases {
        let columns: Vec<_> = columns.iter().map(|c| signs(ColumnKind::Amount, c)).collect();
        let expected = expected.iter().map(|(style, by)| {
            let (style, by) = (*style, *by);
            ColumnFormat::Amount(AmountFormat { style, by, ..AmountFormat::default() })
        });
        let decided = decide(&columns, usual(DateOrder::DayFirst), AmountRules::default());
        assert_eq!(decided, expected.collect::<Vec<_>>(), "{columns:?}");
    }
}
