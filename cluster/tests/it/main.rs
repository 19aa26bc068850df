//! A cluster of processes on this machine, over ledgers of a made sample: what it comes to is what one
//! machine comes to, also where an executor is killed, and nobody without a certificate is answered.
//!
//! `BURSAR_CLUSTER_INVOICES=1000000` makes the sample larger, and `--nocapture` shows time and memory.

mod ledgers;
mod machines;

use std::time::{Duration, Instant};

use ledgers::invoices;
use machines::{Machines, Report};

/// Enough for every check to find something, and for a statement to be split.
const INVOICES: u64 = 20_000;
/// An executor is killed this long after the checks began.
const KILLED_AFTER: Duration = Duration::from_secs(5);

#[test]
fn every_check_comes_to_the_same_as_on_one_machine() {
    let machines = Machines::start(2, invoices(INVOICES));
    let report = machines.check(&["--compare"]);
    println!("{}\n{}", report.text, machines.memory());
    assert!(report.is_well, "{}", report.text);
    assert!(report.text.contains("every check comes to the same"), "{}", report.text);
}

#[test]
fn the_checks_end_when_one_of_two_executors_is_killed() {
    let mut machines = Machines::start(2, invoices(INVOICES));
    let began = Instant::now();
    let report: Report = machines.check_and(&["--compare"], |machines| {
        std::thread::sleep(KILLED_AFTER);
        machines.kill_executor();
    });
    println!("{}\nwith an executor killed: {:.1} s", report.text, began.elapsed().as_secs_f64());
    assert!(report.is_well, "{}", report.text);
    assert!(report.text.contains("every check comes to the same"), "{}", report.text);
}

#[test]
fn nobody_without_a_certificate_is_answered() {
    let machines = Machines::start(0, invoices(0));
    let stranger = machines.check_as_stranger();
    assert!(!stranger.is_well, "{}", stranger.text);
    assert!(stranger.text.contains("here: the cluster said"), "{}", stranger.text);
}
