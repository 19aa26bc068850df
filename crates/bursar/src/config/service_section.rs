//! `[service]` in bursar.toml: how `bursar run` runs.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::report::output::LogPlan;

/// Read in a minute by a person, and no disk is filled.
const LOG_MEGABYTES: u64 = 10;
const LOG_KEEP: u8 = 5;
/// Beside bursar.toml, where nobody sees what is printed.
pub const LOG_NAME: &str = "bursar.log";

/// `[service]` as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ServiceSection {
    pub parallel: Option<u8>,
    pub limit_rate: Option<String>,
    pub rescan_seconds: Option<u64>,
    pub heartbeat: Option<PathBuf>,
    pub health: Option<String>,
    pub log: Option<PathBuf>,
    pub log_megabytes: Option<u64>,
    pub log_keep: Option<u8>,
}

impl ServiceSection {
    /// The log that is asked for, or the usual one; its path counts from this folder.
    pub fn log_plan(&self, folder: &Path, usual: Option<&str>) -> Option<LogPlan> {
        let path = self.log.clone().or_else(|| usual.map(PathBuf::from))?;
        Some(LogPlan {
            path: folder.join(path),
            bytes_max: self.log_megabytes.unwrap_or(LOG_MEGABYTES).max(1) * 1_000_000,
            keep: self.log_keep.unwrap_or(LOG_KEEP),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_has_a_log_whatever_is_written() {
        for (written, usual, expected) in [
            ("", None, None),
            ("", Some(LOG_NAME), Some(("conf/bursar.log", 10_000_000, 5))),
            ("log = 'a.log'", None, Some(("conf/a.log", 10_000_000, 5))),
            ("log = 'a.log'", Some(LOG_NAME), Some(("conf/a.log", 10_000_000, 5))),
            (
                "log-megabytes = 2\nlog-keep = 1",
                Some(LOG_NAME),
                Some(("conf/bursar.log", 2_000_000, 1)),
            ),
        ] {
            let service: ServiceSection = toml::from_str(written).unwrap();
            let expected = expected.map(|(path, bytes_max, keep)| LogPlan {
                path: path.into(),
                bytes_max,
                keep,
            });
            assert_eq!(service.log_plan(Path::new("conf"), usual), expected, "{written}");
        }
    }
}
