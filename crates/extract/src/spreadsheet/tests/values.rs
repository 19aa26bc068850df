//! Numbers, dates and texts as cells show them.

use super::super::format_code::{FormatCode, NumberFormat, from_code};
use super::super::number::{DateSystem, write_number};
use super::super::strings::decode_escapes;

#[test]
fn numbers_become_plain_decimals_and_iso_dates() {
    use NumberFormat::{Date, Elapsed, Padded, Plain, Time};
    let cases = [
        ("1234.5", Plain, "1234.5"),
        ("1234.5600000000001", Plain, "1234.56"),
        ("0.30000000000000004", Plain, "0.3"),
        ("-264795.53", Plain, "-264795.53"),
        ("10025.0", Plain, "10025"),
        ("007", Plain, "7"),
        ("-0", Plain, "0"),
        ("-0.00", Plain, "0"),
        (".5", Plain, "0.5"),
        ("1E+15", Plain, "1000000000000000"),
        ("2.15489E+13", Plain, "21548900000000"),
        ("1.0E-2", Plain, "0.01"),
        ("-9.9999999999999995E-7", Plain, "-0.000001"),
        ("123456789012345678", Plain, "123456789012345678"),
        // A spreadsheet has kept 15 of its digits.
        ("1.23456789012345E+17", Plain, "1.23456789012345E+17"),
        ("-1.2345678901234568E+17", Plain, "-1.23456789012346E+17"),
        ("999999999999999.9", Plain, "1000000000000000"),
        ("1.7976931348623157E+309", Plain, "1.7976931348623157E+309"),
        ("not a number", Plain, "not a number"),
        ("12", Padded(5), "00012"),
        ("-12", Padded(5), "-12"),
        ("1234567", Padded(5), "1234567"),
        ("1", Date, "1900-01-01"),
        ("59", Date, "1900-02-28"),
        ("60", Date, "1900-02-29"),
        ("61", Date, "1900-03-01"),
        ("45351", Date, "2024-02-29"),
        ("46349.593773148146", Date, "2026-11-23T14:15:02"),
        ("46348.9999999999", Date, "2026-11-23"),
        ("46348.99999996528", Date, "2026-11-22T23:59:59"),
        ("2958465", Date, "9999-12-31"),
        ("2958466", Date, "2958466"),
        ("-1", Date, "-1"),
        ("0.5", Date, "12:00:00"),
        ("0.5", Time, "12:00:00"),
        ("1.25", Elapsed, "30:00:00"),
        ("45366.25", Elapsed, "2024-03-15T06:00:00"),
        ("45366.25", Time, "2024-03-15T06:00:00"),
    ];
    for (raw, format, expected) in cases {
        let mut text = String::new();
        write_number(raw, format, DateSystem::From1900, &mut text);
        assert_eq!(text, expected, "{raw} as {format:?}");
    }
}

#[test]
fn format_codes_say_what_a_number_is() {
    use NumberFormat::{Date, Elapsed, Padded, Plain, Time};
    let cases = [
        ("General", Plain),
        ("[$-1010409]General", Plain),
        ("General \"mdy\"", Plain),
        ("Standard", Plain),
        ("#,##0.00 USD", Plain),
        ("0 days", Plain),
        ("# ?/?", Plain),
        ("e", Date),
        ("ggge\"年\"m\"月\"d\"日\"", Date),
        ("bbbb", Date),
        ("TT.MM.JJJJ", Date),
        ("jj/mm/aaaa", Date),
        ("ДД.ММ.ГГГГ", Date),
        ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", Date),
        ("[Magenta]mm/dd/yy", Date),
        ("mm:ss.00", Time),
        ("[$-D000409]h:mm A/P", Time),
        ("0.00", Plain),
        ("#,##0.00_);[Red](#,##0.00)", Plain),
        ("\"days: \"0", Plain),
        ("\\d0", Plain),
        ("[$£-809]#,##0.00", Plain),
        ("[DBNum1]0", Plain),
        ("0.00E+00", Plain),
        ("@", Plain),
        ("0", Plain),
        ("00000", Padded(5)),
        ("0000000000", Padded(10)),
        ("dd/mm/yyyy", Date),
        ("[$-409]mmmm\\ d\\,\\ yyyy;@", Date),
        ("mmm", Date),
        ("d.m.yy h:mm", Date),
        ("h:mm AM/PM", Time),
        ("[h]:mm:ss", Elapsed),
        ("[mm]", Elapsed),
        ("0;dd", Plain),
    ];
    for (code, expected) in cases {
        assert_eq!(from_code(code), FormatCode::Always(expected), "{code}");
    }
    for (code, value, expected) in [
        ("[<1]h:mm;d/m/yyyy", 0.5, Time),
        ("[<1]h:mm;d/m/yyyy", 45_366.0, Date),
        ("[=0]\"\";dd/mm/yyyy", 0.0, Plain),
        ("[=0]\"\";dd/mm/yyyy", 45_366.0, Date),
        ("[>=100]yyyy;[<0]\"before\";h:mm", 7.0, Time),
        ("[<=9]00000;[>99]dd/mm/yyyy;0", 50.0, Plain),
        ("[<>1]dd/mm/yyyy;@", 2.0, Date),
        ("[>1]dd/mm/yyyy;@", 1.0, Plain),
    ] {
        let FormatCode::ByValue(format) = from_code(code) else { panic!("{code}") };
        assert_eq!(format.for_value(value), expected, "{code} of {value}");
    }
}

#[test]
fn escaped_characters_are_decoded() {
    for (text, expected) in [
        ("a_b", "a_b"),
        ("a_x000D_b", "a\rb"),
        ("_x005F_x000D_", "_x000D_"),
        ("_x00", "_x00"),
        ("_xD800_", "_xD800_"),
        ("_xzzzz__x0041_", "_xzzzz_A"),
        ("__x0041_ü_x", "_Aü_x"),
    ] {
        assert_eq!(decode_escapes(text), expected, "{text}");
    }
}
