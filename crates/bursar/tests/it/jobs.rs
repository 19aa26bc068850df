//! The jobs of bursar.toml: once, proved, and as a service.

use std::fs;

#[cfg(unix)]
use serde_json::Value;

use crate::desk::Desk;
#[cfg(unix)]
use crate::desk::{free_port, get, wait_for_words};
#[cfg(unix)]
use crate::program::{refuse_token_below, token};

#[test]
fn files_of_a_job_are_sent_once_and_dealt_with() {
    for (after, left) in
        [("", 2), ("after = 'delete'\n", 0), ("after = 'move'\nmove-to = 'sent'\n", 0)]
    {
        let desk =
            Desk::new(&format!("[job.night]\n{after}[job.night.source]\nglob = 'out/apt_*.csv'\n"));
        desk.put("out/apt_1.csv", "a\n1\n");
        desk.put("out/apt_2.csv", "a\n2\n");
        desk.put("out/other.csv", "a\n3\n");
        desk.put("out/apt_3.csv.part", "a\n4\n");
        let run = desk.run(&["--once"]);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.err.contains("night: 2 received"), "{run:?}");
        assert_eq!(desk.names().len(), 2);
        let here = || fs::read_dir(desk.path("out")).unwrap().count() - 2;
        assert_eq!(here(), left, "{after}");
        let moved = fs::read_dir(desk.path("sent")).map_or(0, Iterator::count);
        assert_eq!(moved, if after.contains("move") { 2 } else { 0 });
        let run = desk.run(&["--once"]);
        assert_eq!(run.code, if left == 2 { 0 } else { 3 }, "{run:?}");
        assert_eq!(desk.server.requests(), 2, "sent twice: {run:?}");
        // The same name once more, with other bytes: nothing that was moved is written over.
        desk.put("out/apt_1.csv", "a\n10\n");
        assert_eq!(desk.run(&["--once"]).code, 0);
        assert_eq!(desk.server.requests(), 3);
        let moved = fs::read_dir(desk.path("sent")).map_or(0, Iterator::count);
        assert_eq!(moved, if after.contains("move") { 3 } else { 0 });
    }
}

#[cfg(unix)]
#[test]
fn a_slip_beside_a_password_shows_none_of_it() {
    for slip in [
        "databse = 'postgres://erp:hunter2@h/erp'",
        "database = ['postgres://erp:hunter2@h/erp']",
        "database = 'postgres://erp:hunter2@h/erp",
    ] {
        let desk =
            Desk::new(&format!("[job.night]\n[job.night.source]\nsql-file = 'a.sql'\n{slip}\n"));
        // Else that others may read it is all that is said.
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        fs::set_permissions(desk.path("bursar.toml"), private).unwrap();
        let run = desk.run(&["--once"]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.err.contains("line "), "{run:?}");
        assert!(!run.err.contains("hunter2") && !run.out.contains("hunter2"), "{run:?}");
    }
}

#[test]
fn a_state_that_comes_back_is_sent_and_leaves_only_then() {
    for after in ["", "after = 'delete'\n", "after = 'move'\nmove-to = 'sent'\n"] {
        let desk =
            Desk::new(&format!("[job.night]\n{after}[job.night.source]\nglob = 'out/*.csv'\n"));
        for (content, requests) in
            [("a\n1\n", 1), ("a\n2\n", 2), ("a\n1\n", 3), ("a\n1\n", 3), ("a\n2\n", 4)]
        {
            desk.put("out/suppliers.csv", content);
            let run = desk.run(&["--once"]);
            assert_eq!((run.code, desk.server.requests()), (0, requests), "{after} {run:?}");
            assert_eq!(desk.path("out/suppliers.csv").exists(), after.is_empty());
        }
        let order = ["a\n1\n", "a\n2\n", "a\n1\n", "a\n2\n"];
        assert_eq!(desk.server.bodies(), order.map(|body| body.as_bytes().to_vec()), "{after}");
        let moved = fs::read_dir(desk.path("sent")).map_or(0, Iterator::count);
        assert_eq!(moved, if after.contains("move") { 5 } else { 0 });
    }
}

#[test]
fn a_name_without_room_for_a_timestamp_is_shortened() {
    let desk = Desk::new("[job.night]\n[job.night.source]\nglob = 'out/*.csv'\n");
    desk.put(&format!("out/apt_{}.csv", "a".repeat(247)), "a\n1\n");
    let run = desk.run(&["--once"]);
    assert_eq!((run.code, desk.server.requests()), (0, 1), "{run:?}");
}

#[test]
fn a_file_that_failed_before_is_named_each_time() {
    let job = "[job.night]\ncheck = true\n[job.night.source]\nglob = 'out/*.csv'\n";
    let desk = Desk::new(job);
    desk.put("out/apt_1.csv", "colour,shape\nred,round\n");
    for _run in 0..3 {
        let run = desk.run(&["--once"]);
        assert!(run.err.contains("night: 0 received, 1 failed"), "{run:?}");
        assert!(run.err.contains("apt_1") && run.err.contains("no header row"), "{run:?}");
    }
    let run = desk.run(&["--once"]);
    assert!(run.err.contains("out/apt_1.csv: not sent"), "{run:?}");
    assert!(run.err.contains("with: bursar outbox retry 1"), "{run:?}");
    assert_eq!(desk.server.requests(), 0);
}

#[test]
fn an_empty_file_is_counted_and_keeps_no_other_back() {
    let desk = Desk::new("[job.night]\n[job.night.source]\nglob = 'out/*.csv'\n");
    desk.put("out/apt_1.csv", "a\n1\n");
    desk.put("out/apt_2.csv", "");
    desk.put("out/other.csv", "a\n3\n");
    let run = desk.run(&["--once"]);
    assert_eq!((run.code, desk.server.requests()), (1, 1), "{run:?}");
    assert!(run.err.contains("night: 1 received, 1 not sent, 1 empty"), "{run:?}");
    assert!(run.err.contains("apt_2.csv: not sent: it is empty"), "{run:?}");
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_left_out_unless_the_job_follows_them() {
    use std::os::unix::fs::symlink;
    let jobs = |more: &str| format!("[job.night]\n[job.night.source]\nglob = 'out/*.csv'\n{more}");
    let desk = Desk::new(&jobs(""));
    desk.put("secret", "a\n7\n");
    desk.put("out/apt_1.csv", "a\n1\n");
    symlink(desk.path("secret"), desk.path("out/apt_2.csv")).unwrap();
    let run = desk.run(&["--once"]);
    assert_eq!((run.code, desk.server.bodies()), (0, vec![b"a\n1\n".to_vec()]), "{run:?}");
    assert!(run.err.contains("apt_2.csv is a symbolic link and left out"), "{run:?}");
    desk.config(&jobs("follow-links = true\n"));
    let run = desk.run(&["--once"]);
    assert_eq!((run.code, desk.server.bodies().len()), (0, 2), "{run:?}");
    // The folder itself.
    fs::rename(desk.path("out"), desk.path("real")).unwrap();
    symlink(desk.path("real"), desk.path("out")).unwrap();
    desk.put("real/apt_3.csv", "a\n3\n");
    assert_eq!(desk.run(&["--once"]).code, 0);
    assert_eq!(desk.server.bodies().last().unwrap(), b"a\n3\n");
    desk.config(&jobs(""));
    for check in [false, true] {
        let run = desk.run(&[if check { "--check" } else { "--once" }]);
        assert_eq!(run.code, 4, "{run:?}");
        assert!(run.err.contains("symbolic link") && run.err.contains("follow-links"), "{run:?}");
    }
}

#[test]
fn a_marker_says_that_a_file_is_finished() {
    let desk = Desk::new(
        "[job.night]\nafter = 'delete'\nprofile = 'uk'\n[job.night.source]\nfolder = 'out'\nmarker = '.ok'\n",
    );
    desk.put("out/apt_1.csv", "a\n1\n");
    let run = desk.run(&["--once"]);
    assert_eq!((run.code, desk.server.requests()), (3, 0), "{run:?}");
    assert!(run.err.contains("1 still being written"), "{run:?}");
    desk.put("out/apt_1.csv.ok", "");
    assert_eq!(desk.run(&["--once"]).code, 0);
    assert_eq!(fs::read_dir(desk.path("out")).unwrap().count(), 0, "the marker goes with its file");
    assert!(desk.names().iter().all(|name| name.contains("/units/acmeuk/")));
}

#[test]
fn what_a_command_or_a_query_gives_is_a_file() {
    let desk = Desk::new(
        "[job.made]\nname = 'suppliers.csv'\n[job.made.source]\ncommand = 'printf \"a,b\\n1,2\\n\"'\n\
         [job.broken]\nname = 'apt.csv'\n[job.broken.source]\ncommand = 'echo half; exit 3'\n\
         [job.asked]\nname = 'apt.csv'\n[job.asked.source]\nsql = 'SELECT 1'\ndatabase-command = 'exit 4'\n",
    );
    let run = desk.run(&["--once", "made"]);
    assert_eq!(run.code, 0, "{run:?}");
    let files = desk.server.files();
    let (name, bodies) = files.first_key_value().unwrap();
    assert!(name.contains("/Suppliers/suppliers_2"), "{name}");
    assert_eq!(bodies[0], b"a,b\n1,2\n");
    let run = desk.run(&["--once", "broken"]);
    assert_eq!((run.code, desk.server.requests()), (4, 1), "{run:?}");
    assert!(run.err.contains("exit status: 3"), "{run:?}");
    let run = desk.run(&["--once", "asked"]);
    assert_eq!((run.code, desk.server.requests()), (4, 1), "{run:?}");
    assert!(run.err.contains("database-command failed (exit status: 4)"), "{run:?}");
    assert_eq!(fs::read_dir(desk.path("outbox/spool")).unwrap().count(), 0);
    desk.server.go_down();
    assert_eq!(desk.run(&["--once", "made"]).code, 33);
    assert_eq!(fs::read_dir(desk.path("outbox/spool")).unwrap().count(), 1, "kept for later");
    desk.server.come_back();
    // The one that waits and the new one give the same bytes: one file.
    let run = desk.run(&["--once", "made"]);
    assert_eq!((run.code, desk.server.requests()), (0, 2), "{run:?}");
    assert_eq!(fs::read_dir(desk.path("outbox/spool")).unwrap().count(), 0);
}

#[test]
fn a_configuration_is_proved_without_sending() {
    let good = "[job.night]\nschedule = '30 2 * * mon-fri'\ntime-zone = 'Europe/London'\n\
                [job.night.source]\nglob = 'out/*.csv'\n";
    let desk = Desk::new(good);
    let run = desk.run(&["--check"]);
    assert_eq!(run.code, 0, "{run:?}");
    for words in ["good  outbox", "good  [job.night]", "30 2 * * mon-fri (Europe/London): "] {
        assert!(run.out.contains(words), "{words} {run:?}");
    }
    for (jobs, code, words) in [
        ("", 2, "no job"),
        ("[job.a.source]\nfolder = 'absent'\n", 4, "cannot be looked into"),
        ("[job.a]\nprofile = 'us'\n[job.a.source]\nfolder = 'out'\n", 2, "no profile \"us\""),
        (
            "[job.a]\nschedule = '0 25 * * *'\n[job.a.source]\nfolder = 'out'\n",
            2,
            "[job.a] \"25\" is no hour",
        ),
        (
            "[service]\nhealth = '0.0.0.0:1'\n[job.a.source]\nfolder = 'out'\n",
            2,
            "not of this machine",
        ),
    ] {
        desk.config(jobs);
        let run = desk.run(&["--check"]);
        assert_eq!(run.code, code, "{jobs} {run:?}");
        assert!(run.err.contains(words), "{jobs} {run:?}");
    }
    desk.config("[job.a]\nname = 'a.csv'\n[job.a.source]\ncommand = 'true'\n");
    let run = desk.run(&[]);
    assert_eq!(run.code, 2, "a service needs to know when: {run:?}");
    assert_eq!(desk.run(&["--once", "b"]).code, 2);
    assert_eq!(desk.server.requests(), 0);
}

#[cfg(unix)]
#[test]
fn a_service_sends_what_comes_reloads_and_stops() {
    let port = free_port();
    let service = format!(
        "[service]\nheartbeat = 'heartbeat'\nlog = 'bursar.log'\nrescan-seconds = 1\nhealth = '127.0.0.1:{port}'\n"
    );
    let job = "[job.a]\nafter = 'delete'\n[job.a.source]\nfolder = 'out'\npattern = 'apt*'\nready = 'rename'\n";
    let desk = Desk::new(&format!("{service}{job}"));
    desk.put("out/apt_1.csv", "a\n1\n");
    let running = desk.serve();
    desk.server.wait_for(1);
    desk.put("coming", "a\n2\n");
    fs::rename(desk.path("coming"), desk.path("out/apt_2.csv")).unwrap();
    desk.server.wait_for(2);
    let (status, health) = get(port);
    assert_eq!(status, 200, "{health}");
    assert_eq!(health["status"], "ok", "{health}");
    assert!(health["jobs"]["a"]["lastRound"].is_string(), "{health}");
    assert_eq!(health["jobs"]["a"]["tokenEndsSoon"], false, "{health}");
    let beat: Value =
        serde_json::from_str(&fs::read_to_string(desk.path("heartbeat")).unwrap()).unwrap();
    assert!(beat["at"].is_string(), "{beat}");
    desk.put("out/sup_3.csv", "a\n3\n");
    let other = "[job.b]\ntype = 'Suppliers'\n[job.b.source]\nfolder = 'out'\npattern = 'sup*'\nready = 'rename'\n";
    desk.config(&format!("{service}{job}{other}"));
    desk.server.wait_for(3);
    assert_eq!(running.stop(), Some(0));
    let log = fs::read_to_string(desk.path("bursar.log")).unwrap();
    for words in [
        "Z started",
        "a: received apt_1",
        "has changed and is taken up",
        "b: received sup_3",
        "Z stopped",
    ] {
        assert!(log.contains(words), "{words} {log}");
    }
    refuse_token_below(&token(), desk.folder.path());
}

/// Each file makes a round or more; what cannot be sent is said in the first of them only.
#[cfg(unix)]
#[test]
fn what_lies_there_unsent_is_said_once_and_holds_nobody_up() {
    let port = free_port();
    let desk = Desk::new(&format!(
        "[service]\nlog = 'bursar.log'\nrescan-seconds = 1\nhealth = '127.0.0.1:{port}'\n\
         [job.a]\n[job.a.source]\nfolder = 'out'\nready = 'rename'\n"
    ));
    desk.put("out/apt_0.csv", "");
    std::os::unix::fs::symlink(desk.path("bursar.toml"), desk.path("out/apt_link.csv")).unwrap();
    let running = desk.serve();
    for number in 1..=4 {
        desk.put("coming", &format!("a\n{number}\n"));
        fs::rename(desk.path("coming"), desk.path(&format!("out/apt_{number}.csv"))).unwrap();
        desk.server.wait_for(number);
    }
    let said =
        |words: &str| fs::read_to_string(desk.path("bursar.log")).unwrap().matches(words).count();
    wait_for_words(&desk.path("bursar.log"), "received apt_4");
    assert_eq!((said("it is empty"), said("left out")), (1, 1));
    let (status, health) = get(port);
    assert_eq!(status, 200, "{health}");
    assert_eq!(health["jobs"]["a"]["empty"], 1, "{health}");
    // With something in it, it is a file as any other.
    desk.put("out/apt_0.csv", "a\n0\n");
    desk.server.wait_for(5);
    assert_eq!(running.stop(), Some(0));
    assert_eq!(desk.server.requests(), 5);
}

#[test]
fn what_waits_for_another_destination_holds_nobody_up() {
    let job = |customer: &str| {
        format!("[job.a]\ncustomer = '{customer}'\n[job.a.source]\nglob = 'out/*.csv'\n")
    };
    let desk = Desk::new(&job("contoso"));
    desk.put("out/apt_1.csv", "a\n1\n");
    desk.server.go_down();
    let run = desk.run(&["--once"]);
    assert_ne!(run.code, 0, "{run:?}");
    desk.server.come_back();
    desk.config(&job("acme"));
    let run = desk.run(&["--once"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("a: 1 received, 1 failed"), "{run:?}");
    let words = "it waits for unit contoso of contoso at ";
    assert!(run.err.contains(words) && run.err.contains("bursar outbox drop 1"), "{run:?}");
    assert_eq!(desk.server.files().len(), 1, "that of acme alone");
}

#[cfg(unix)]
#[test]
fn a_folder_that_goes_away_and_comes_back_is_watched_again() {
    let desk = Desk::new(
        "[service]\nlog = 'bursar.log'\nrescan-seconds = 1\n\
         [job.a]\n[job.a.source]\nfolder = 'out'\nready = 'rename'\n",
    );
    desk.put("out/apt_1.csv", "a\n1\n");
    let running = desk.serve();
    desk.server.wait_for(1);
    // As when a share is unmounted: no event of the new folder ever comes.
    fs::rename(desk.path("out"), desk.path("gone")).unwrap();
    wait_for_words(&desk.path("bursar.log"), "cannot be looked into");
    fs::create_dir(desk.path("out")).unwrap();
    desk.put("out/apt_2.csv", "a\n2\n");
    desk.server.wait_for(2);
    fs::remove_dir_all(desk.path("out")).unwrap();
    fs::rename(desk.path("gone"), desk.path("out")).unwrap();
    desk.put("out/apt_3.csv", "a\n3\n");
    desk.server.wait_for(3);
    assert_eq!(running.stop(), Some(0));
    assert_eq!(desk.server.requests(), 3, "what lay there was not sent again");
}
