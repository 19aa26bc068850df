use super::*;

#[test]
fn few_and_small_shares_are_usual() {
    for (rows, replaced, is_unusual) in
        [(9, 9, false), (10, 10, true), (10, 199, true), (10, 200, false), (1_000, 30_000, false)]
    {
        let others = OtherInvoices { rows, ..OtherInvoices::default() };
        assert_eq!(others.are_unusual(replaced), is_unusual, "{rows} of {replaced}");
    }
}

#[test]
fn money_has_two_decimals_or_what_it_needs() {
    for (decimal, text) in [
        ("1234.5000", "1234.50"),
        ("-0.0100", "-0.01"),
        ("3.0000", "3.00"),
        ("1.2345", "1.2345"),
        ("7", "7"),
    ] {
        assert_eq!(money(decimal), text);
    }
}
