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
                temporary data folder, send it sample data, show the gravest findings and the
                link to decide about them; Ctrl-C ends it
  demo --once   the same, ending by itself
  prove PROOF [SIZE]
                the long form of a test, on the release build; without a size, that which the list below has
                (BURSARD_PROGRAM names a server that is built already, for `curl` and `folder`)
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
            output::say(&format!("\nproofs, with the size of each:\n{}", prove::help().trim_end()));
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
