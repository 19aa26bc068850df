//! The one entry point for checks and chores: `cargo xtask <command>`.
//!
//! Not for: anything that ships. It uses the standard library only, so that it builds in a second
//! on a machine that has nothing yet.
//!
//! Invariant: a command ends with success or with a sentence that says what to do next.

mod cargo;
mod ci;
mod corpora;
mod demo;
mod docs;
mod evaluate;
mod files;
mod fuzz;
mod open_data;
mod output;
mod package;
mod pages;
mod pictures;
mod prove;
mod reading_cases;
mod reference;
mod setup;
mod tidy;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <command>

  ci            everything that must hold before a change goes in: format, tidy, clippy, docs,
                tests, and the quick start below
  tidy          only the house rules that no compiler checks
  tidy --floors the floors of every crate, its modules on them, and what runs back up or in a ring
  demo          the quick start: build both programs, start a server on a free port with a
                temporary data folder, send it a made organisation, show the gravest findings and the
                link to decide about them; Ctrl-C ends it
  demo --once   the same, ending by itself
  prove crash   1,000 rounds (or `prove crash N`) of kill -9 under 16 uploads, on the release build
  prove ledger  200 rounds (or `prove ledger N`) of kill -9 while files are read, merged and tidied
  prove memory  a 4,096 MiB body (or `prove memory MIB`) through both release programs
  prove install the package of the server in a fresh Debian (debootstrap, as root): installed, its unit verified,
                served, sent to over HTTPS and SFTP, upgraded, removed
  prove upgrade a filled deployment of the bursard that is installed (or `prove upgrade PROGRAM`, another of the
                version before) replaced node by node, on PostgreSQL and an S3 emulator
  prove many    32 bodies of 64 MiB (or `prove many MIB`) at once into the release server
  prove fair    one file of a customer behind 1,000 (or `prove fair N`) of another's, in multiples of its wait alone
  prove reading 5,000,000 rows (or `prove reading N`) read into a ledger beside DuckDB, and a day's
                10,000 into the ledger they make
  prove readers pages on a ledger of 1,000,000 invoices (or `prove readers N`): for the first time after a start,
                again, and for 200 readers at once
  prove folder  10,000 files (or `prove folder N`) into a watched folder, server killed five times, uploader
                twice: each arrives once
  prove curl    1,024 MiB over TLS (or `prove curl MIB`) with the uploader and with curl in turns; fails over
                1.1 of curl's time, over its CPU and that of hashing, over 24 MiB
                (BURSARD_PROGRAM names a server that is built already, here and for `folder`)
  prove analysts
                two analysts in two browsers on one queue, 200 decisions (or `prove analysts N`)
  prove screening
                one invoice against 1,000,000 (or `prove screening N`), 20 a second, beside readings and runs, and
                that its answers are a run's
  prove payments
                a run of 10,000 payments (or `prove payments N`) with planted faults
  prove statements
                made statements of suppliers against the sample, line by line
  prove sentences
                every finding's sentences held against its rows, up to so many findings of each ledger
  prove chaos   200 faults (or `prove chaos N`) on three nodes, their database and store under uploads
  prove power   the system calls of 300 uploads (or `prove power N`): every receipt after its syncs
  prove resume  4,096 MiB (or `prove resume MIB`) sent with the connection cut twenty times
  prove peers   64 KiB files and 1 GiB beside nginx and a bare writer, in hundreds of files (`prove peers N`)
  prove wire    requests of the wire's suite beside hyper, nginx and Caddy, so many seconds of each
  prove strangers
                8,000 strangers (or `prove strangers N`) that hold connections beside honest uploads
  prove refusals
                a refused body of 200 MB (or `prove refusals MB`) from each client there is
  prove api     requests made up by the OpenAPI document, so many of each operation
  prove query   5,000,000 rows (or `prove query N`) through the uploader: PostgreSQL, MariaDB, SQL Server's protocol
  pages         from the first link to a verdict in a real Chromium, with pictures of every page
  pictures      take the pictures of README and the documentation anew, in a real Chromium
  package       the uploader as one static program (musl): an archive, a Debian package and, where
                rpmbuild is, an RPM
  package server
                the server with its unit for systemd: an archive, a Debian package and, where
                rpmbuild is, an RPM
  package image the server as an image for containers (OCI), without a daemon
  package windows
                the uploader for 64-bit Windows in a ZIP, built with mingw-w64 where this is not Windows
  docs          the documentation as a site, by mdBook, with every link followed
  reference     write the pages of columns, checks, API and commands anew, of what the programs say
  open-data     read every file below ../shared/data/open and account for each record; fails when
                one is lost, says so when the folder is not there
  reading-cases read every file below ../shared/cases/reading and compare it with what is right
                for it; fails when one is read otherwise
  fuzz          bytes nobody thought of for every reader of extracts, 60 s for each; `fuzz TARGET [SECONDS]`
                for one
  corpora       fetch the workbooks and texts that packages of Python and Node ship, read them, and hold each
                cell against what calamine, openpyxl, xlrd and the library csv read
  evaluate      how well duplicates, parties and planted cases are found: `evaluate [--seeds 1,2,3]
                [--each 40] [--ledger PATH [--mapping FILE]] [--threshold 0.08] [--details]`
  setup         look for the programs the tests need and install what is missing (Debian, as root)
  help          this text";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["ci"] => ci::run(),
        ["tidy"] => tidy::run(),
        ["tidy", "--floors"] => tidy::draw_floors(),
        ["demo"] => demo::run(demo::End::WhenTold),
        ["demo", "--once"] => demo::run(demo::End::AfterReceipt),
        ["prove", proof] => prove::run(proof, None),
        ["prove", proof, size] => prove::run(proof, Some(size)),
        ["corpora"] => corpora::run(),
        ["docs"] => docs::run(),
        ["open-data"] => open_data::run(),
        ["reading-cases"] => reading_cases::run(),
        ["reference"] => reference::run(),
        ["fuzz"] => fuzz::run(None, None),
        ["fuzz", target] => fuzz::run(Some(target), None),
        ["fuzz", target, seconds] => fuzz::run(Some(target), Some(seconds)),
        ["evaluate", arguments @ ..] => evaluate::run(arguments),
        ["package"] => package::run(),
        ["package", "image"] => package::image::run(),
        ["package", "server"] => package::server::run(),
        ["package", "windows"] => package::windows::run(),
        ["pages"] => pages::run(),
        ["pictures"] => pictures::run(),
        ["setup"] => setup::run(),
        [] | ["help" | "--help" | "-h"] => {
            output::say(HELP);
            Ok(())
        }
        other => {
            Err(format!("there is no command `{}`\n  cargo xtask help lists them", other.join(" ")))
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            output::complain(&sentence);
            ExitCode::FAILURE
        }
    }
}
