use std::path::Path;

use domain::{DateOrder, DecimalStyle, InvoiceSign, ReadingRules};

use super::*;

fn parse(toml: &str) -> Result<Job, String> {
    let file: JobSection = toml::from_str(toml).map_err(|fault| fault.to_string())?;
    file.parse("night", Path::new("/etc/bursar"))
}

#[test]
fn jobs_of_every_kind() {
    let watched = parse("[source]\nfolder = 'out'\npattern = '*.csv'\n").unwrap();
    let JobSource::Files { folder, ready, .. } = &watched.source else { panic!() };
    assert_eq!(folder, Path::new("/etc/bursar/out"));
    assert_eq!(*ready, Ready::Quiet(Duration::from_secs(10)));
    assert!(watched.is_watching());
    let text = "schedule = '0 2 * * *'\ntime-zone = 'Europe/London'\nafter = 'move'\nmove-to = 'sent'\n\
                unit = 'acmeuk'\ntype = 'Suppliers'\n[source]\nglob = '/data/s_*.csv'\n";
    let glob = parse(text).unwrap();
    assert!(!glob.is_watching());
    assert_eq!(glob.after, After::MoveTo("/etc/bursar/sent".into()));
    assert_eq!(glob.settings.unit.unwrap().as_str(), "acmeuk");
    let JobSource::Files { folder, ready: Ready::Renamed, .. } = &glob.source else { panic!() };
    assert_eq!(folder, Path::new("/data"));
    let command = parse("name = 'a.csv'\n[source]\ncommand = 'extract'\n").unwrap();
    assert!(matches!(command.source, JobSource::Command { .. }));
    let sql =
        "name = 'a.csv'\n[source]\nsql-file = 'a.sql'\ndatabase = 'postgres://u:hunter2@h/d'\n";
    let job = parse(sql).unwrap();
    assert!(!format!("{job:?}").contains("hunter2"));
    for (text, ready) in [
        ("ready = 'marker'", Ready::Marker(".done".to_owned())),
        ("marker = '.ok'", Ready::Marker(".ok".to_owned())),
        ("ready = 'lock'", Ready::Unlocked),
        ("ready = 'rename'", Ready::Renamed),
        ("quiet-seconds = 3", Ready::Quiet(Duration::from_secs(3))),
    ] {
        let job = parse(&format!("[source]\nfolder = 'out'\n{text}\n")).unwrap();
        assert!(
            matches!(job.source, JobSource::Files { ready: found, .. } if found == ready),
            "{text}"
        );
    }
}

#[test]
fn what_is_proved_and_heard() {
    let job = parse("[source]\nfolder = 'out'\n").unwrap();
    assert_eq!((job.check, job.wait, job.refused_to, job.min_rows), (None, None, None, 1));
    let text = "check = true\nmapping = 'm.toml'\ndate-order = 'mdy'\nwait = true\nwait-max = '2h'\n\
                refused-to = 'refused'\nmin-rows = 0\n[source]\nfolder = 'out'\n";
    let job = parse(text).unwrap();
    let read = job.check.unwrap();
    assert_eq!(read.mapping.as_deref(), Some(Path::new("/etc/bursar/m.toml")));
    assert_eq!(read.date_order, Some(DateOrder::MonthFirst));
    assert_eq!(job.wait, Some(Duration::from_hours(2)));
    assert_eq!(job.refused_to.as_deref(), Some(Path::new("/etc/bursar/refused")));
    assert_eq!(job.min_rows, 0);
    let text = "check = true\nencoding = 'CP1250'\ndecimals = 'comma'\ninvoices = 'negative'\n\
                sheet = 'Data'\nempty-words = ['tbc', ' none yet ']\nkeep-totals = true\nstrict = true\n\
                [source]\nfolder = 'out'\n";
    let rules = parse(text).unwrap().check.unwrap().load().unwrap();
    let expected = ReadingRules {
        encoding: Some("windows-1250".to_owned()),
        decimal_style: Some(DecimalStyle::Comma),
        invoice_sign: Some(InvoiceSign::Negative),
        sheet: Some("Data".to_owned()),
        empty_words: vec!["tbc".to_owned(), "none yet".to_owned()],
        keeps_totals: true,
        is_strict: true,
        ..ReadingRules::default()
    };
    assert_eq!(rules, expected);
    let made =
        parse("wait = true\nmin-rows = 5\nname = 'a.csv'\n[source]\ncommand = 'b'\n").unwrap();
    assert_eq!((made.wait, made.min_rows), (Some(Duration::from_mins(10)), 5));
}

#[test]
fn slips_are_named() {
    for (text, words) in [
        ("[source]\n", "one of glob"),
        ("[source]\nfolder = 'a'\ncommand = 'b'\n", "one of glob"),
        ("[source]\ncommand = 'b'\n", "needs a name"),
        ("name = 'a.csv'\n[source]\nfolder = 'a'\n", "files have their own"),
        ("name = 'a.csv'\n[source]\nsql = 'select 1'\n", "needs database"),
        ("[source]\nglob = 'a*/b.csv'\n", "only the file name"),
        ("[source]\nglob = 'a.csv'\npattern = '*'\n", "for a folder"),
        ("[source]\nfolder = 'a'\nready = 'lock'\nmarker = '.x'\n", "marker goes with"),
        ("[source]\nfolder = 'a'\nmarker = 'x'\n", "an ending"),
        ("[source]\nfolder = 'a'\nquiet-seconds = 0\n", "1 to 86400"),
        ("name = 'a.csv'\n[source]\ncommand = 'b'\nfollow-links = true\n", "for files"),
        ("after = 'move'\n[source]\nfolder = 'a'\n", "needs move-to"),
        ("move-to = 'x'\n[source]\nfolder = 'a'\n", "needs after"),
        ("after = 'delete'\nname = 'a.csv'\n[source]\ncommand = 'b'\n", "after is for files"),
        ("schedule = '0 2 * *'\n[source]\nfolder = 'a'\n", "five fields"),
        ("time-zone = 'UTC'\n[source]\nfolder = 'a'\n", "only with schedule"),
        ("mapping = 'm.toml'\n[source]\nfolder = 'a'\n", "add check = true"),
        ("date-order = 'dmy'\n[source]\nfolder = 'a'\n", "add check = true"),
        ("check = true\ndate-order = 'ddmm'\n[source]\nfolder = 'a'\n", "ddmm"),
        ("empty-words = ['x']\n[source]\nfolder = 'a'\n", "add check = true"),
        ("check = true\nencoding = 'ebcdic'\n[source]\nfolder = 'a'\n", "encoding: no encoding"),
        ("check = true\nempty-words = ['']\n[source]\nfolder = 'a'\n", "empty-words: expected"),
        ("check = true\ninvoices = 'minus'\n[source]\nfolder = 'a'\n", "minus"),
        ("wait-max = '5m'\n[source]\nfolder = 'a'\n", "only with wait"),
        ("wait = true\nwait-max = '8d'\n[source]\nfolder = 'a'\n", "seven days"),
        ("refused-to = 'r'\n[source]\nfolder = 'a'\n", "needs check"),
        (
            "wait = true\nrefused-to = 'r'\nname = 'a.csv'\n[source]\ncommand = 'b'\n",
            "refused-to is for files",
        ),
        ("min-rows = 5\n[source]\nfolder = 'a'\n", "needs check"),
        ("shedule = '0 2 * * *'\n[source]\nfolder = 'a'\n", "unknown field"),
    ] {
        let fault = parse(text).unwrap_err();
        assert!(fault.contains(words), "{text}: {fault}");
    }
}
