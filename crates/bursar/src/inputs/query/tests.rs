use super::csv::CsvLine;
use super::*;

#[test]
fn cells_as_they_are_written() {
    let mut text = Vec::new();
    let mut line = CsvLine::begin(&mut text);
    for cell in [
        Some(&b"plain"[..]),
        None,
        Some(b""),
        Some(b"a,b"),
        Some(b"say \"no\""),
        Some(b"two\nlines"),
        Some("M\u{fc}ller".as_bytes()),
    ] {
        line.cell(cell).unwrap();
    }
    line.end().unwrap();
    let expected = "plain,,\"\",\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",Müller\n";
    assert_eq!(String::from_utf8(text).unwrap(), expected);
}

#[test]
fn databases_by_their_urls() {
    for (url, found) in [
        ("postgres://u@h/d", Some(DatabaseKind::Postgres)),
        ("postgresql://h/d", Some(DatabaseKind::Postgres)),
        ("mysql://u@h/d", Some(DatabaseKind::MySql)),
        ("mariadb://u@h/d", Some(DatabaseKind::MySql)),
        ("sqlite:///var/erp.db", Some(DatabaseKind::Sqlite)),
        ("sqlserver://u:p@h/d", Some(DatabaseKind::SqlServer)),
        ("mssql://u:p@h/d", Some(DatabaseKind::SqlServer)),
        ("odbc:DSN=erp", Some(DatabaseKind::Odbc)),
        ("postgres://u@h/d?options=a@b", Some(DatabaseKind::Postgres)),
        ("postgres://u:p%2Fhunter2@h/d", Some(DatabaseKind::Postgres)),
        ("postgres://u:p@hunter2@h/d", Some(DatabaseKind::Postgres)),
        // What stands in front of the host is taken for it, and would be shown as it.
        ("postgres://u:p@hunter2/x@h/d", None),
        ("mysql://u:12?hunter2@h/d", None),
        ("sqlserver://u:p#hunter2@h/d", None),
        ("oracle://u@h/d", None),
        ("hunter2", None),
    ] {
        let kind = kind(url);
        assert!(!kind.as_ref().is_err_and(|failure| failure.what.contains("hunter2")));
        assert_eq!(kind.ok(), found, "{url}");
    }
}

#[tokio::test]
async fn rows_of_sqlite_are_exact_and_streamed_into_a_kept_file() {
    use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("erp.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    let made = "CREATE TABLE invoice (id INTEGER, number TEXT, amount REAL, note TEXT);
        INSERT INTO invoice VALUES (9007199254740993, 'A,1', 12.10, NULL), (2, '007', 0.1, '')";
    connection.execute(made).await.unwrap();
    connection.close().await.unwrap();
    let url = DatabaseAddress::Url(format!("sqlite://{}", path.display()));
    let text = "SELECT id, number, amount, note FROM invoice;\n";
    let run = async |text: &str| {
        run(&QueryText::Text(text.to_owned()), &url, folder.path(), "kept").await
    };
    let spooled = run(text).await.unwrap();
    let kept = std::fs::read_to_string(&spooled.path).unwrap();
    assert_eq!(kept, "id,number,amount,note\n9007199254740993,\"A,1\",12.1,\n2,007,0.1,\"\"\n");
    std::fs::remove_file(&spooled.path).unwrap();
    let proof = async |text: &str| prove(&QueryText::Text(text.to_owned()), &url).await;
    assert_eq!(proof(text).await.unwrap(), Proof::Prepared);
    let none = run("SELECT id, note FROM invoice WHERE id < 0").await.unwrap();
    assert_eq!(std::fs::read_to_string(&none.path).unwrap(), "id,note\n");
    std::fs::remove_file(&none.path).unwrap();
    let failure = proof("SELECT nothing FROM invoice").await.unwrap_err();
    assert_eq!(failure.exit, ExitCode::SourceUnreadable, "{failure}");
    assert!(failure.what.contains("cannot be run: (code: 1) near \"nothing\""), "{failure}");
    for wrong in ["SELECT nothing FROM invoice", "DELETE FROM invoice", "SELEC"] {
        let failure = run(wrong).await.unwrap_err();
        assert_eq!(failure.exit, ExitCode::SourceUnreadable, "{failure}");
        assert!(!folder.path().join("kept").exists(), "{wrong}");
    }
}

/// Each line that says what a command prints is a place that the program knows.
#[test]
fn places_of_the_examples_are_known() {
    let example = include_str!("../../../../../examples/databases.toml");
    let places: Vec<&str> =
        example.lines().filter_map(|line| Some(line.split_once("# prints ")?.1)).collect();
    assert!(places.len() >= 5, "{places:?}");
    for place in places {
        let kind = kind(place).unwrap_or_else(|failure| panic!("{place}: {failure}"));
        if kind == DatabaseKind::SqlServer {
            let parsed = sqlserver::ServerUrl::parse(place);
            parsed.unwrap_or_else(|fault| panic!("{place}: {fault}"));
        }
    }
}

#[cfg(not(feature = "odbc"))]
#[tokio::test]
async fn without_odbc_it_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let database = DatabaseAddress::Url("odbc:DSN=erp;PWD=hunter2".to_owned());
    let query = QueryText::Text("SELECT 1".to_owned());
    let failure = run(&query, &database, folder.path(), "kept").await.unwrap_err();
    assert_eq!(failure.exit, ExitCode::Usage, "{failure}");
    assert!(failure.what.contains("built without ODBC"), "{failure}");
}
