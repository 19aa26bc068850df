//! The cost of one turn in time, CPU and memory.

use std::fmt;
use std::fs;
use std::time::{Duration, Instant};

/// Of the kernel's clock for processes; it is 100 wherever Linux runs.
const TICKS_PER_SECOND: f64 = 100.0;

/// The cost of sending one file, to the sender and to the receiver.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    pub(super) wall: f64,
    pub(super) cpu_seconds: f64,
    pub(super) peak_mib: f64,
}

/// The rate of small files, and the time of each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    pub(super) per_second: f64,
    pub(super) p50_millis: f64,
    pub(super) p99_millis: f64,
    /// For a thousand files; none of a peer in this process.
    pub(super) cpu_millis_each: Option<f64>,
    pub(super) peak_mib: f64,
}

/// The times of the files that a thread sent: of each, and from its first to its last.
pub(super) struct SendingTimes {
    pub(super) each: Vec<Duration>,
    pub(super) wall: Duration,
}

impl Cost {
    pub(super) fn measured(processes: &[u32], send: impl FnOnce()) -> Self {
        let before = cpu_seconds(processes);
        let began = Instant::now();
        send();
        let wall = began.elapsed().as_secs_f64();
        Self { wall, cpu_seconds: cpu_seconds(processes) - before, peak_mib: peak_mib(processes) }
    }

    /// Each figure the middle one of all turns.
    pub(super) fn middle(turns: &[Self]) -> Self {
        Self {
            wall: median(turns, |it| it.wall),
            cpu_seconds: median(turns, |it| it.cpu_seconds),
            peak_mib: median(turns, |it| it.peak_mib),
        }
    }
}

impl Rate {
    pub(super) fn measured(processes: &[u32], send: impl FnOnce() -> SendingTimes) -> Self {
        let before = cpu_seconds(processes);
        let sent = send();
        let cpu_seconds = cpu_seconds(processes) - before;
        let cpu_millis_each = Some(cpu_seconds * 1e3 / count(&sent));
        Self { cpu_millis_each, peak_mib: peak_mib(processes), ..Self::of(sent) }
    }

    /// Without what it took of CPU and memory.
    pub(super) fn of(mut sent: SendingTimes) -> Self {
        sent.each.sort();
        let at = |share: usize| {
            let place = (sent.each.len() * share / 100).min(sent.each.len() - 1);
            sent.each[place].as_secs_f64() * 1e3
        };
        Self {
            per_second: count(&sent) / sent.wall.as_secs_f64(),
            p50_millis: at(50),
            p99_millis: at(99),
            cpu_millis_each: None,
            peak_mib: 0.0,
        }
    }

    pub(super) fn per_second(turns: &[Self]) -> f64 {
        median(turns, |it| it.per_second)
    }

    /// Each figure the middle one of all turns.
    pub(super) fn middle(turns: &[Self]) -> Self {
        Self {
            per_second: Self::per_second(turns),
            p50_millis: median(turns, |it| it.p50_millis),
            p99_millis: median(turns, |it| it.p99_millis),
            cpu_millis_each: turns[0]
                .cpu_millis_each
                .map(|_| median(turns, |it| it.cpu_millis_each.unwrap_or_default())),
            peak_mib: median(turns, |it| it.peak_mib),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "some thousands")]
fn count(sent: &SendingTimes) -> f64 {
    sent.each.len() as f64
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { wall, cpu_seconds, peak_mib } = self;
        write!(f, "{wall:.2} s, its CPU {cpu_seconds:.2} s, its memory {peak_mib:.1} MiB")
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { per_second, p50_millis, p99_millis, cpu_millis_each, peak_mib } = self;
        write!(f, "{per_second:>5.0}/s, p50 {p50_millis:.1} ms, p99 {p99_millis:.1} ms")?;
        match cpu_millis_each {
            Some(cpu) => write!(f, ", its CPU {cpu:.2} ms each, its memory {peak_mib:.1} MiB"),
            None => Ok(()),
        }
    }
}

pub(super) fn median<T>(all: &[T], of: impl Fn(&T) -> f64) -> f64 {
    let mut values: Vec<f64> = all.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn cpu_seconds(processes: &[u32]) -> f64 {
    let of = |pid: &u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        // Behind the name, which may hold anything, and from the state on: the 14th and 15th of all.
        let (_, behind) = stat.rsplit_once(')').unwrap();
        let ticks =
            |place: usize| behind.split_whitespace().nth(place).unwrap().parse::<f64>().unwrap();
        (ticks(11) + ticks(12)) / TICKS_PER_SECOND
    };
    processes.iter().map(of).sum()
}

/// The most they had resident beside the pages of their programs.
#[expect(clippy::cast_precision_loss, reason = "some thousands")]
fn peak_mib(processes: &[u32]) -> f64 {
    let peak = |pid: &u32| crate::memory::peak_kib(*pid).unwrap();
    processes.iter().map(peak).sum::<u64>() as f64 / 1024.0
}
