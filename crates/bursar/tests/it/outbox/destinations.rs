//! Entries by where they are to go: nowhere else, and seen, tried and dropped by it.

use super::*;

#[test]
fn what_waits_for_a_wrong_place_is_seen_and_dropped_by_it() {
    let (meant, wrong) = (Server::start([refusal(503)]), Server::start([refusal(503)]));
    let folder = tempfile::tempdir().unwrap();
    for (server, customer) in [(&meant, "acme"), (&wrong, "acme"), (&meant, "contoso")] {
        let path = file(server, &format!("apt_{customer}.csv"), b"a\n1\n");
        let bursar = Bursar::bare()
            .env("BURSAR_OUTBOX", path_text(folder.path()))
            .env("BURSAR_TOKEN", &crate::program::token())
            .args(["send", "--retries", "0", "--url", &server.url(), "--customer", customer])
            .args(["--ca-file", path_text(&server.ca())]);
        assert_eq!(bursar.arg(&path).run().code, 26);
    }
    let host = format!("localhost:{}", wrong.address.port());
    let count = |args: &[&str]| {
        outbox(folder.path(), &[&["list", "--json"], args].concat()).out.lines().count()
    };
    assert_eq!(count(&["--host", "localhost"]), 3);
    assert_eq!(count(&["--host", &host]), 1);
    assert_eq!(count(&["--host", &wrong.url()]), 1);
    assert_eq!(count(&["--host", "local"]), 0);
    assert_eq!(count(&["--customer", "contoso"]), 1);
    assert_eq!(count(&["--customer", "contoso", "--host", &host, "--all"]), 0);
    let list = outbox(folder.path(), &["list"]);
    assert!(list.out.contains(&format!("{}, contoso of contoso", meant.url())), "{list:?}");

    let run = outbox(folder.path(), &["drop", "--host", &host]);
    assert!(run.code == 0 && run.out.contains("dropped 2"), "{run:?}");
    assert_eq!(outbox(folder.path(), &["drop", "--host", &host]).code, 3);
    assert_eq!(outbox(folder.path(), &["drop"]).code, 2, "all at once is not meant");
    let before = meant.got().len();
    let run = retry(&meant, folder.path(), &[]);
    assert_eq!((run.code, meant.got().len()), (26, before + 1), "that of acme: {run:?}");
    assert_eq!(retry(&meant, folder.path(), &["--host", "other.example"]).code, 3);
    let run = outbox(folder.path(), &["drop", "--customer", "contoso"]);
    assert!(run.code == 0 && run.out.contains("dropped 3"), "{run:?}");
    assert_eq!(states(folder.path()), ["dropped", "dropped", "waiting"]);
}

#[test]
fn an_entry_goes_to_its_own_server_or_nowhere() {
    let meant = Server::start([refusal(503)]);
    let other = Server::start([receipt()]);
    let folder = tempfile::tempdir().unwrap();
    let path = file(&meant, "apt.csv", b"a\n1\n");
    assert_eq!(send(&meant, folder.path()).arg(&path).run().code, 26);
    let run = retry(&other, folder.path(), &[]);
    assert_eq!((run.code, other.got().len()), (2, 0), "{run:?}");
    assert!(run.err.contains(&meant.url()), "{run:?}");
    assert_eq!(states(folder.path()), ["waiting"]);
}

#[test]
fn settings_of_another_customer_send_nothing() {
    let server = Server::start([refusal(403), receipt()]);
    let folder = tempfile::tempdir().unwrap();
    let path = file(&server, "apt.csv", b"a\n1\n");
    let config = |customer: &str| {
        let (url, ca) = (server.url(), server.ca());
        let text = format!(
            "[defaults]\nurl = '{url}'\ncustomer = '{customer}'\nca-file = ['{}']\n",
            ca.display()
        );
        file(&server, "bursar.toml", text.as_bytes())
    };
    let bursar = |args: &[&str]| {
        Bursar::bare()
            .env("BURSAR_OUTBOX", path_text(folder.path()))
            .env("BURSAR_TOKEN", &crate::program::token())
            .args(args.iter().copied())
    };
    let slip = config("contoso");
    let run = bursar(&["send", "--config", path_text(&slip)]).arg(&path).run();
    assert_eq!(run.code, 13, "{run:?}");
    // Corrected, by which the token may well be one for both.
    config("acme");
    let run = bursar(&["outbox", "retry"]).run();
    assert_eq!((run.code, server.got().len()), (2, 1), "{run:?}");
    assert!(run.err.contains("it is for contoso of") && run.err.contains("drop 1"), "{run:?}");
    let run = bursar(&["outbox", "retry", "1", "--customer", "contoso"]).run();
    assert_eq!((run.code, server.got().len()), (0, 2), "asked for by name: {run:?}");
}
