use super::*;

#[test]
fn places_and_what_is_wrong_with_them() {
    for (url, expected) in [
        ("sqlserver://erp:p@db/AX", Ok("db:1433")),
        ("mssql://erp:p@db.example:14330", Ok("db.example:14330")),
        ("sqlserver://erp:p%40ss@[::1]/AX?certificate-name=sql.example", Ok("::1:1433")),
        ("sqlserver://dom%5Cerp:p@db/A%20X?ca-file=%2Fetc%2Fa.pem", Ok("db:1433")),
        ("sqlserver://db/AX", Err("no user and password")),
        ("sqlserver://erp@db/AX", Err("no user and password")),
        ("sqlserver://erp:p@/AX", Err("host")),
        ("sqlserver://erp:p@db:x/AX", Err("port")),
        ("sqlserver://erp:%FF@db/AX", Err("the password is not UTF-8")),
        ("sqlserver://erp:p@db/AX?encrypt=no", Err("encrypt is not known")),
    ] {
        let found = ServerUrl::parse(url);
        let found = found.map(|place| format!("{}:{}", place.host, place.port));
        match (found, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{url}"),
            (Err(Fault::BadUrl(found)), Err(expected)) => {
                assert!(found.contains(expected), "{url}: {found}");
            }
            (found, expected) => panic!("{url}: {found:?} in place of {expected:?}"),
        }
    }
    let place = ServerUrl::parse("sqlserver://erp:hunter2@db/AX").unwrap();
    assert!(!format!("{place:?}").contains("hunter2"));
}

#[tokio::test]
async fn who_says_nothing_is_not_waited_for() {
    let silent = std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = silent.local_addr().unwrap().port();
    let place = ServerUrl::parse(&format!("sqlserver://erp:p@127.0.0.1:{port}/AX")).unwrap();
    let fault = connect(&place, Duration::from_millis(50)).await.unwrap_err();
    assert!(matches!(fault, Fault::Lost(_)), "{fault:?}");
}

#[test]
fn what_the_driver_says_in_our_words() {
    use tiberius::error::Error;
    for (fault, said) in [
        (
            Error::Tls("the certificate is bad. To connect anyway you can: (1)".to_owned()),
            "the certificate is bad.",
        ),
        (
            Error::Routing { host: "other.example".to_owned(), port: 11000 },
            "other.example:11000, and a password follows no redirect",
        ),
        (Error::Utf16, "UTF-16"),
    ] {
        let words = Fault::from(fault).to_string();
        assert!(words.contains(said) && !words.contains("anyway"), "{words}");
    }
}
