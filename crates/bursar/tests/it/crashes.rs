//! The program itself comes to harm: what it says then holds no secret, and the next run goes on.

use std::fs;

use crate::counting::Counting;
use crate::program::{Bursar, Run, path_text, refuse_token_below, token};

/// Less is not enough to load the program, which fails at once.
const FROM_MIB: u64 = 16;
/// More than it needs.
const TO_MIB: u64 = 512;
/// Sets the limit, then runs the rest of its words; a signal becomes an exit code.
const WITH_LIMIT: &str = "ulimit -v \"$1\"; shift; \"$@\"; exit $?";

/// A file is read on a thread of its own. There is a size of memory with room for all that comes before, and
/// none for that thread's stack: there the program panics, deep in a library.
#[test]
fn a_panic_says_its_place_alone_and_the_next_run_goes_on() {
    let server = Counting::start();
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("bursar.toml");
    let settings = format!(
        "outbox = 'outbox'\n[defaults]\nurl = '{}'\ncustomer = 'acme'\n[service]\nlog = 'bursar.log'\n\
         [job.a]\nafter = 'delete'\n[job.a.source]\nfolder = 'out'\nready = 'rename'\n",
        server.url()
    );
    fs::write(&config, settings).unwrap();
    fs::create_dir(folder.path().join("out")).unwrap();
    let file = folder.path().join("out/apt_1.csv");
    let once = |mib: Option<u64>| {
        let run = Bursar::bare().env("BURSAR_OUTBOX", "").env("BURSAR_TOKEN", &token()).args([
            "run",
            "--once",
            "--config",
            path_text(&config),
        ]);
        let limited = match mib {
            None => run,
            Some(mib) => run.under("sh", &["-c", WITH_LIMIT, "sh", &(mib * 1024).to_string()]),
        };
        // Whatever becomes of it, `run` looks for the token in what it says.
        let run = limited.run();
        refuse_token_below(&token(), folder.path());
        run
    };
    let panicked = |run: &Run| run.err.contains("met a fault of its own at ");
    fs::write(&file, "Unique ID\n1\n").unwrap();
    let run = (FROM_MIB..TO_MIB).map(|mib| once(Some(mib))).find(panicked);
    let run = run.expect("it has been made to panic");
    assert_eq!((run.code, server.requests()), (70, 0), "{run:?}");
    assert!(run.err.contains("feed.rs:") && run.err.lines().count() == 2, "{run:?}");
    assert!(!run.err.contains("worker thread"), "what the panic says may hold values: {run:?}");
    let run = once(None);
    assert_eq!((run.code, server.requests()), (0, 1), "{run:?}");
}
