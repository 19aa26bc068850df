//! The program itself comes to harm: what it says then holds no secret, and the next run goes on.

use std::fs;

use crate::counting::Counting;
use crate::program::{Bursar, Run, path_text, refuse_token_below, token};

/// More threads than the program starts one after the other.
const THREADS_MAX: u32 = 12;

/// A file is read on a thread of its own. Where the system has none to give, the program panics, deep in a
/// library; that it starts others before is found by making each fail in turn.
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
    let once = |without: Option<u32>| {
        let run = Bursar::bare().env("BURSAR_OUTBOX", "").env("BURSAR_TOKEN", &token()).args([
            "run",
            "--once",
            "--config",
            path_text(&config),
        ]);
        let limited = match without {
            None => run,
            Some(thread) => run.under(
                "strace",
                &[
                    "-f",
                    "-o",
                    "/dev/null",
                    "-e",
                    "trace=clone3",
                    "-e",
                    &format!("inject=clone3:error=EAGAIN:when={thread}"),
                ],
            ),
        };
        // Whatever becomes of it, `run` looks for the token in what it says.
        let run = limited.run();
        refuse_token_below(&token(), folder.path());
        run
    };
    let panicked = |run: &Run| run.err.contains("met a fault of its own at ");
    let attempt = |thread| {
        fs::write(&file, format!("Unique ID\n{thread}\n")).unwrap();
        let before = server.requests();
        let run = once(Some(thread));
        (run, server.requests() - before)
    };
    let found = (1..=THREADS_MAX).map(attempt).find(|(run, _)| panicked(run));
    let (run, requests) = found.expect("it has been made to panic");
    assert_eq!((run.code, requests), (70, 0), "{run:?}");
    assert!(run.err.contains("body_stream.rs:") && run.err.lines().count() == 2, "{run:?}");
    assert!(!run.err.contains("worker thread"), "what the panic says may hold values: {run:?}");
    let before = server.requests();
    let run = once(None);
    assert_eq!((run.code, server.requests() - before), (0, 1), "{run:?}");
}
