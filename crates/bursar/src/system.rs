//! What the program takes from the machine it runs on: clock, chance, environment, terminal, proxies,
//! service manager.
//!
//! Invariant: `main` fills it once; nothing else reads the clock or the environment, so that every
//! command can be run with others.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::net::link::Proxies;

/// See the module.
pub struct Machine {
    pub now: fn() -> Timestamp,
    /// A number from 0 to 1.
    pub chance: fn() -> f64,
    /// Text that nobody else has or will have.
    pub unique: fn() -> String,
    pub variable: fn(&str) -> Option<String>,
    /// Whether a person looks at standard error.
    pub is_watched: bool,
    /// What the environment and the system's settings say.
    pub proxies: Proxies,
    /// Who started the program, where that is a service manager that sends no signals.
    pub supervisor: Option<Supervisor>,
}

/// What is heard from and told to the service manager of Windows.
#[derive(Debug, Clone)]
pub struct Supervisor {
    /// Cancelled when the program is to stop.
    pub stop: CancellationToken,
    /// To be called when the work goes on by itself.
    pub tell_started: fn(),
}

impl Machine {
    /// A variable that is set and not empty.
    pub fn set_variable(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine").finish_non_exhaustive()
    }
}

/// How long a duration is, to a person.
pub fn in_words(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 10.0 { format!("{seconds:.1} s") } else { format!("{seconds:.0} s") }
}
