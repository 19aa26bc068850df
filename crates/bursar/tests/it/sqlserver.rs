//! Rows of SQL Server through `bursar run`, from what answers as it does; see `tds` for what that is not.
//!
//! Invariant: no run says or keeps the password, and none sends a file that is not whole.

use std::io::{Read as _, Write};
use std::net::{Ipv4Addr, TcpListener};

use crate::counting::Counting;
use crate::program::{
    Bursar, Run, path_text, refuse_token, refuse_token_below, token, write_private,
};
use crate::server::Presents;
use crate::tds::{End, Tds, columns, done, error, row};

const PASSWORD: &str = "hunter2";
/// The types of MS-TDS: what it is, how long it may be, and what else it needs.
const INT: &[u8] = &[0x26, 8];
const NVARCHAR: &[u8] = &[0xe7, 160, 0, 9, 4, 0xd0, 0, 52];
const DECIMAL_30_10: &[u8] = &[0x6a, 17, 30, 10];
const MONEY: &[u8] = &[0x6e, 8];
const BIT: &[u8] = &[0x68, 1];
const GUID: &[u8] = &[0x24, 16];
const DATE: &[u8] = &[0x28];
const DATETIME2: &[u8] = &[0x2a, 7];
const DATETIMEOFFSET: &[u8] = &[0x2b, 0];
const DATETIME: &[u8] = &[0x6f, 8];
const VARBINARY: &[u8] = &[0xa5, 16, 0];

fn run(database: &str, server: &Counting) -> Run {
    run_with("--once", database, server)
}

fn run_with(way: &str, database: &str, server: &Counting) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let config = format!(
        "outbox = 'outbox'\n[defaults]\nurl = '{}'\ncustomer = 'acme'\nretries = 0\n\
         [job.ledger]\ntype = 'APT'\nname = 'ledger.csv'\n\
         [job.ledger.source]\nsql = 'SELECT * FROM ledger;'\ndatabase = '{database}'\n",
        server.url(),
    );
    let path = folder.path().join("bursar.toml");
    write_private(&path, &config);
    let run = Bursar::bare()
        .env("BURSAR_OUTBOX", "")
        .env("BURSAR_TOKEN", &token())
        .args(["run", way, "--config", path_text(&path)])
        .run();
    refuse_token(PASSWORD, format!("{}{}", run.out, run.err).as_bytes(), &format!("{run:?}"));
    refuse_token_below(PASSWORD, &folder.path().join("outbox"));
    run
}

fn only_file(server: &Counting) -> String {
    let body = server.files().into_values().next_back().unwrap().pop().unwrap();
    String::from_utf8(body).unwrap()
}

/// A text with its length in bytes before it.
fn text(text: &str) -> Vec<u8> {
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [&u16::try_from(bytes.len()).unwrap().to_le_bytes()[..], &bytes].concat()
}

/// A number of that many digits behind the point: its length, its sign and its digits.
fn decimal(value: i128) -> Vec<u8> {
    let sign = u8::from(value >= 0);
    [&[17, sign], &value.unsigned_abs().to_le_bytes()[..]].concat()
}

#[test]
fn values_are_the_databases_own() {
    let tds = Tds::start(|to| {
        let all: &[(&str, &[u8])] = &[
            ("id", INT),
            ("amount", DECIMAL_30_10),
            ("paid", MONEY),
            ("open", BIT),
            ("guid", GUID),
            ("due", DATE),
            ("at", DATETIME2),
            ("there", DATETIMEOFFSET),
            ("old", DATETIME),
            ("raw", VARBINARY),
            ("Größe", NVARCHAR),
        ];
        let guid = [0xff, 0x19, 0x96, 0x6f, 0x86, 0x8b, 0x11, 0xd0];
        let values: &[&[u8]] = &[
            &[&[8][..], &i64::MAX.to_le_bytes()].concat(),
            &decimal(123_456_789_012_345_678_900_123_456_789),
            // The high half comes first: 1234.5678.
            &[8, 0, 0, 0, 0, 0x4e, 0x61, 0xbc, 0],
            &[1, 1],
            &[&[16][..], &guid, &[0xb4, 0x2d, 0, 0xc0, 0x4f, 0xc9, 0x64, 0xff]].concat(),
            // 2024-02-29 and 2026-03-29 are days 738944 and 739703 after 0001-01-01.
            &[&[3][..], &738_944_u32.to_le_bytes()[..3]].concat(),
            &[&[8][..], &10_u64.to_le_bytes()[..5], &739_703_u32.to_le_bytes()[..3]].concat(),
            &[&[8][..], &[0, 0, 0], &739_703_u32.to_le_bytes()[..3], &330_i16.to_le_bytes()]
                .concat(),
            &[&[8][..], &(-53_690_i32).to_le_bytes(), &1_u32.to_le_bytes()].concat(),
            &[2, 0, 0xde, 0xad],
            &text("M\u{fc}ller, \"Sohn\" \u{1f4b6}"),
        ];
        let nothing: &[&[u8]] = &[
            &[0],
            &decimal(-1),
            &[8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0],
            &[0],
            &[0],
            &[0],
            &[0],
            &[0],
            &[0xff, 0xff],
            &text(""),
        ];
        for part in [columns(all), row(values), row(nothing), done(2)] {
            to.write_all(&part).unwrap();
        }
        End::Whole
    });
    let server = Counting::start();
    let run = run(&tds.url(PASSWORD), &server);
    assert_eq!(run.code, 0, "{run:?}");
    let expected = "id,amount,paid,open,guid,due,at,there,old,raw,Größe\n\
        9223372036854775807,12345678901234567890.0123456789,1234.5678,1,\
        6F9619FF-8B86-D011-B42D-00C04FC964FF,2024-02-29,2026-03-29 00:00:00.0000010,\
        2026-03-29 05:30:00 +05:30,1753-01-01 00:00:00.003,0xDEAD,\
        \"M\u{fc}ller, \"\"Sohn\"\" \u{1f4b6}\"\n\
        ,-0.0000000001,-0.0001,,,,,,,,\"\"\n";
    assert_eq!(only_file(&server), expected);
    let heard = tds.received();
    let [login, begin, query, end] = &heard[..] else { panic!("{heard:?}") };
    assert_eq!((login.as_str(), query.as_str()), ("login", "SELECT * FROM ledger"));
    assert!(begin.ends_with("BEGIN TRANSACTION"), "{heard:?}");
    assert!(end.ends_with("ROLLBACK TRANSACTION"), "{heard:?}");
}

#[test]
fn what_breaks_off_sends_nothing() {
    let ids = || columns(&[("id", INT)]);
    let some = || [ids(), row(&[&[&[8][..], &7_u64.to_le_bytes()].concat()])].concat();
    let large = [8, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff];
    let whole = [ids(), done(0)].concat();
    for (answer, is_cut, said) in [
        (error(208, "Invalid object name 'ledger'."), false, "'ledger'. (error 208)"),
        ([some(), error(8134, "Divide by zero error.")].concat(), false, "(error 8134)"),
        (some(), true, "the connection failed"),
        (some()[..some().len() - 3].to_vec(), true, "the connection failed"),
        (ids(), true, "the connection failed"),
        (done(3), false, "it gives no rows"),
        ([whole.clone(), whole].concat(), false, "more than one result"),
        (
            [columns(&[("paid", MONEY)]), row(&[&large]), done(1)].concat(),
            false,
            "column paid: an amount",
        ),
        (vec![0x00, 0x01], true, "does not speak as SQL Server"),
    ] {
        let tds = Tds::start(move |to| {
            to.write_all(&answer).unwrap();
            if is_cut { End::Cut } else { End::Whole }
        });
        let server = Counting::start();
        let run = run(&tds.url(PASSWORD), &server);
        assert_eq!(run.code, 4, "{said} {run:?}");
        assert!(run.err.contains("the query gave no file"), "{run:?}");
        assert!(run.err.contains(said), "{said} {run:?}");
        assert_eq!(server.requests(), 0, "{said}");
    }
}

#[test]
fn a_proof_has_the_query_described() {
    for (answer, code, said) in [
        ([columns(&[("name", NVARCHAR)]), done(0)].concat(), 0, "the database has prepared"),
        (error(208, "Invalid object name 'ledger'."), 4, "cannot be run: Invalid object name"),
        (error(11526, "It uses a temp table."), 0, "cannot describe before it runs"),
    ] {
        let tds = Tds::start(move |to| {
            to.write_all(&answer).unwrap();
            End::Whole
        });
        let server = Counting::start();
        let run = run_with("--check", &tds.url(PASSWORD), &server);
        assert_eq!(run.code, code, "{run:?}");
        assert!(format!("{}{}", run.out, run.err).contains(said), "{said} {run:?}");
        let asked = "EXEC sys.sp_describe_first_result_set N'SELECT * FROM ledger'";
        assert_eq!(tds.received()[2], asked);
        assert_eq!(server.requests(), 0);
    }
}

#[test]
fn a_password_goes_only_to_a_server_that_proves_itself() {
    type Url = fn(&Tds, &str) -> String;
    for (presents, url, said) in [
        (Some(Presents::Good), Tds::url_as_it_is as Url, "UnknownIssuer"),
        (Some(Presents::SelfSigned), Tds::url, "rejected"),
        (Some(Presents::OtherHost), Tds::url, "not valid for name"),
        (Some(Presents::Expired), Tds::url, "expired"),
        (None, Tds::url_as_it_is, "encryption"),
    ] {
        let tds = Tds::presenting(presents, |_| End::Whole);
        let server = Counting::start();
        let run = run(&url(&tds, PASSWORD), &server);
        assert_eq!(run.code, 4, "{presents:?} {run:?}");
        assert!(run.err.contains(said), "{presents:?} {run:?}");
        assert!(run.err.contains("ca-file") || presents.is_none(), "{run:?}");
        assert!(!run.err.contains("trust_cert"), "{run:?}");
        assert!(tds.received().is_empty(), "{presents:?} {:?}", tds.received());
    }
}

#[test]
fn places_that_are_no_sql_server() {
    let free = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let refuses = free().local_addr().unwrap().port();
    let speaks_http = free();
    let http = speaks_http.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in speaks_http.incoming() {
            let mut stream = stream.unwrap();
            let _greeting = stream.read(&mut [0; 512]).unwrap();
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").unwrap();
        }
    });
    let closes = free();
    let gone = closes.local_addr().unwrap().port();
    std::thread::spawn(move || closes.incoming().for_each(drop));
    for (url, code, said) in [
        (format!("sqlserver://erp:hunter2@127.0.0.1:{refuses}/AX"), 4, "cannot be reached"),
        (format!("sqlserver://erp:hunter2@127.0.0.1:{http}/AX"), 4, "the query gave no file"),
        (format!("sqlserver://erp:hunter2@127.0.0.1:{gone}/AX"), 4, "the query gave no file"),
        ("sqlserver://erp:hunter2@host.invalid/AX".to_owned(), 4, "host.invalid:1433"),
        ("sqlserver://erp:hunter2@h/AX?trust=yes".to_owned(), 2, "trust is not known"),
        ("sqlserver://erp:hunter2@h/AX?ca-file=/absent.pem".to_owned(), 2, "/absent.pem"),
        ("sqlserver://h/AX".to_owned(), 2, "no user and password"),
        ("sqlserver://erp:hunter2@h:99999/AX".to_owned(), 2, "port"),
    ] {
        let server = Counting::start();
        let run = run(&url, &server);
        assert_eq!(run.code, code, "{url} {run:?}");
        assert!(run.err.contains(said), "{url} {run:?}");
        assert_eq!(server.requests(), 0);
    }
}

/// `BURSAR_QUERY_ROWS` makes it long: `cargo xtask prove query`.
#[cfg(unix)]
#[test]
fn all_rows_arrive_and_memory_does_not_grow_with_them() {
    use crate::queries::{FilledTable, read_whole, rows_asked_for};
    let rows = rows_asked_for();
    let tds = Tds::start(move |to| {
        let all: &[(&str, &[u8])] =
            &[("id", INT), ("number", NVARCHAR), ("amount", MONEY), ("day", DATE)];
        to.write_all(&columns(all)).unwrap();
        for id in 1..=rows {
            let cents = u32::try_from(id % 100_000).unwrap();
            let values: &[&[u8]] = &[
                &[&[8][..], &id.to_le_bytes()].concat(),
                &text(&format!("INV-{id}")),
                &[&[8, 0, 0, 0, 0][..], &(cents * 100).to_le_bytes()].concat(),
                &[&[3][..], &738_944_u32.to_le_bytes()[..3]].concat(),
            ];
            to.write_all(&row(values)).unwrap();
        }
        to.write_all(&done(rows)).unwrap();
        End::Whole
    });
    let cents: u64 = (1..=rows).map(|id| id % 100_000).sum();
    let total = format!("{}.{:02}", cents / 100, cents % 100);
    read_whole("SQL Server's protocol", &tds.url(PASSWORD), &FilledTable { rows, total });
}
