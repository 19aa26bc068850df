use proptest::prelude::*;

use super::*;

#[test]
fn names_people_have_are_taken() {
    for (name, format) in [
        ("a.csv", FileFormat::Csv),
        ("a.CSV", FileFormat::Csv),
        ("invoices_20261123T141502Z.xlsx", FileFormat::Xlsx),
        ("invoices_20261123T141502Z.XLS", FileFormat::Xls),
        ("invoices_20261123T141502Z.ods", FileFormat::Ods),
        ("Größe (März) #2.txt", FileFormat::Txt),
        ("請求書.tsv", FileFormat::Tsv),
        ("a.b.c.csv", FileFormat::Csv),
        ("console.csv", FileFormat::Csv),
    ] {
        assert_eq!(name.parse::<FileName>().unwrap().format(), format, "{name}");
    }
}

#[test]
fn names_that_could_harm_are_refused() {
    for name in [
        "",
        ".csv",
        "..csv",
        "a.csv.",
        "a.csv ",
        " a.csv",
        "a .csv",
        "a..csv",
        "a",
        "a.xlsb",
        "a.xlsm",
        "a.zip",
        "a.csv.exe",
        "a.csv\0.exe",
        "a.csv::$DATA",
        "a.csv;.asp",
        "../../etc/passwd",
        "../a.csv",
        "..\\a.csv",
        "C:\\x.csv",
        "/a.csv",
        "\\\\host\\a.csv",
        "CON.csv",
        "nul.csv",
        "COM1.txt",
        "lpt9.csv",
        "aux.h.csv",
        "a\u{202E}vsc.csv",
        "a\u{200B}.csv",
        "a\u{FEFF}.csv",
        "a\nb.csv",
        "a\u{1b}[31m.csv",
        "<script>.csv",
        "a\".csv",
        "a\r.csv",
        "e\u{301}.csv",
    ] {
        assert!(name.parse::<FileName>().is_err(), "{name:?}");
    }
}

#[test]
fn the_length_is_counted_in_bytes() {
    let longest = format!("{}.csv", "x".repeat(251));
    assert!(longest.parse::<FileName>().is_ok());
    let message = format!("x{longest}").parse::<FileName>().unwrap_err().to_string();
    assert!(message.contains("256") && message.contains("255"), "{message}");
    assert!(format!("{}.csv", "字".repeat(84)).parse::<FileName>().is_err());
}

#[test]
fn a_path_segment_is_decoded_once() {
    assert_eq!(FileName::from_path_segment("a%20b.csv").unwrap().as_str(), "a b.csv");
    for bad in
        ["a%00.csv", "%2e%2e%2fa.csv", "..%252fa.csv", "%c0%af.csv", "%ff.csv", "a%0d%0ab.csv"]
    {
        assert!(FileName::from_path_segment(bad).is_err(), "{bad}");
    }
}

#[test]
fn timestamps_are_seen_and_added() {
    for (name, has) in [
        ("a_20261123.csv", true),
        ("a_2026-11-23.csv", true),
        ("a.2026_11_23T10.csv", true),
        ("20261123T141502Z.csv", true),
        ("invoices.csv", false),
        ("invoices_12345678.csv", false),
        ("invoices_20269923.csv", false),
        ("batch_1020261123.csv", true),
    ] {
        assert_eq!(name.parse::<FileName>().unwrap().has_timestamp(), has, "{name}");
    }
    let name: FileName = "invoices.csv".parse().unwrap();
    let stamped = name.with_timestamp("2026-11-23T14:15:02Z".parse().unwrap()).unwrap();
    assert_eq!(stamped.as_str(), "invoices_20261123T141502Z.csv");
    assert!(stamped.has_timestamp());
}

#[test]
fn unsafe_names_are_made_safe() {
    for (name, safe) in [
        ("my invoices (1).csv", "my_invoices__1_.csv"),
        ("März.csv", "M_rz.csv"),
        (".hidden.csv", "hidden.csv"),
        ("con.csv", "_con.csv"),
    ] {
        assert_eq!(FileName::made_safe(name).unwrap().as_str(), safe);
    }
    assert!(FileName::made_safe("picture.png").is_err());
}

proptest! {
    #[test]
    fn whatever_parses_is_harmless(text in "\\PC{0,40}\\.csv") {
        if let Ok(name) = text.parse::<FileName>() {
            let kept = name.as_str();
            prop_assert!(!kept.contains(['/', '\\', ':', '"', '<', '>', '|', '?', '*', ';', '\0', '\n', '\r']));
            prop_assert!(!kept.starts_with('.') && kept.len() <= FILE_NAME_BYTES_MAX);
            prop_assert_eq!(FileName::made_safe(kept).unwrap().format(), FileFormat::Csv);
        }
    }

    #[test]
    fn a_made_safe_name_is_stable(text in "\\PC{1,40}\\.xlsx") {
        if let Ok(safe) = FileName::made_safe(&text) {
            prop_assert_eq!(FileName::made_safe(safe.as_str()).unwrap(), safe);
        }
    }
}

#[test]
fn a_long_name_makes_room_for_its_timestamp() {
    let now = "2026-11-23T14:15:02Z".parse().unwrap();
    for (name, stamped) in [
        ("invoices.csv".to_owned(), "invoices_20261123T141502Z.csv".to_owned()),
        (format!("{}.csv", "a".repeat(251)), format!("{}_20261123T141502Z.csv", "a".repeat(234))),
        (
            format!("{}.{}.xlsx", "a".repeat(232), "b".repeat(17)),
            format!("{}_20261123T141502Z.xlsx", "a".repeat(232)),
        ),
        (format!("{}.csv", "é".repeat(125)), format!("{}_20261123T141502Z.csv", "é".repeat(117))),
    ] {
        let name: FileName = name.parse().unwrap();
        let shorter = name.with_room_for_timestamp().unwrap();
        assert_eq!(shorter.with_timestamp(now).unwrap().as_str(), stamped);
    }
}
