//! What the program takes from the machine it runs on: clock, chance, environment, terminal, proxies,
//! service manager.
//!
//! Invariant: `main` fills it once; nothing else reads the clock or the environment, so that every
//! command can be run with others.

use std::fmt;
use std::sync::Arc;

use hyper_util::client::proxy::matcher::Matcher;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tokio_util::sync::CancellationToken;

use crate::report::output::Terminal;

/// The machine as the program sees it.
pub struct System {
    pub now: fn() -> Timestamp,
    /// A number from 0 to 1.
    pub rng: fn() -> f64,
    /// Text that nobody else has or will have.
    pub new_id: fn() -> String,
    pub variable: fn(&str) -> Option<String>,
    /// The kind of standard error: a person looks at it, or nobody does.
    pub terminal: Terminal,
    /// The values of the environment and of the system's settings.
    pub proxies: Arc<Matcher>,
    /// Who started the program, where that is a service manager that sends no signals.
    pub supervisor: Option<Supervisor>,
}

/// The service manager of Windows, as far as it is heard and told.
#[derive(Debug, Clone)]
pub struct Supervisor {
    /// Cancelled when the program is to stop.
    pub stop: CancellationToken,
    /// To be called when the work goes on by itself.
    pub report_started: fn(),
}

impl System {
    /// Reads an environment variable that is set and not empty.
    pub fn env_var(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    /// The day it is, in UTC.
    pub fn today(&self) -> Date {
        (self.now)().to_zoned_datetime(TimeZone::UTC).date()
    }
}

impl fmt::Debug for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("System").finish_non_exhaustive()
    }
}
