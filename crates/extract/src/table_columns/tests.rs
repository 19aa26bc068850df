//! Days and amounts of columns as suppliers' statements write them.

use jiff::civil::date;

use super::*;

#[test]
fn a_column_tells_the_order_of_its_days() {
    let today = date(2026, 6, 30);
    for (texts, first) in [
        (&["03/04/2026", "21/04/2026"][..], date(2026, 4, 3)),
        (&["03/04/2026", "04/21/2026"], date(2026, 3, 4)),
        (&["03.04.26", ""], date(2026, 4, 3)),
        (&["3. April 2026", "21. Mai 2026"], date(2026, 4, 3)),
        (&["3 avr. 2026", "Page 2"], date(2026, 4, 3)),
        (&["03-Apr-2026", "Total"], date(2026, 4, 3)),
        (&["2026-04-03", "2026-04-21"], date(2026, 4, 3)),
        (&["20260403", "20260421"], date(2026, 4, 3)),
    ] {
        let days = column_days(texts, today);
        assert_eq!(days[0], Some(first), "{texts:?}");
        assert_eq!(days.len(), texts.len());
    }
    assert_eq!(column_days(&["Total", "", "31/02/2026"], today), [None; 3]);
}

#[test]
fn a_column_tells_the_sign_before_its_decimals() {
    for (texts, first) in [
        (&["1,234.56", "99.00"][..], "1234.56"),
        (&["1.234", "99,00"], "1234.00"),
        (&["1,234", "99.00"], "1234.00"),
        (&["1.234", "2.500"], "1234.00"),
        (&["1 234,56", "5,00"], "1234.56"),
        (&["(12.00)", "5.00"], "-12.00"),
        (&["12,00-", "5,00"], "-12.00"),
        (&["12.00 CR", "5.00"], "-12.00"),
        (&["£1,000.00", "5.00"], "1000.00"),
        (&["-", "5.00"], "0.00"),
        (&["1234.5", "5"], "1234.50"),
        (&["1500", "5"], "1500.00"),
    ] {
        let style = decimal_style(texts.iter().copied());
        let read = cell_amount(texts[0], style).map(|amount| amount.to_string());
        assert_eq!(read.as_deref(), Some(first), "{texts:?}");
    }
    for none in ["n/a", "", "Page 1 of 2", "30/04/2026", "twelve"] {
        assert_eq!(cell_amount(none, DecimalStyle::Point), None, "{none}");
    }
}
