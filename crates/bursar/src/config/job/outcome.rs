//! What is proved of a file before it is sent and heard of it afterwards, as a job says it.
//!
//! Invariant: a setting that would do nothing is an error.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::section::JobSection;
use crate::config::reading::ReadArgs;
use crate::config::wait_time::parse_wait_time;

/// The longest wait, as with `bursar send --wait`.
const WAIT_MAX: Duration = Duration::from_mins(10);
/// An extract without a row is more often a fault of what makes it than a day without business.
const MIN_ROWS: u64 = 1;

/// The part of a job that is about reading files and hearing of them.
pub(super) struct OutcomeSettings {
    pub(super) check: Option<ReadArgs>,
    pub(super) wait: Option<Duration>,
    pub(super) refused_to: Option<PathBuf>,
    pub(super) min_rows: u64,
}

impl JobSection {
    /// Checks for settings that do not go together; paths count from this folder.
    pub(super) fn outcome(&self, folder: &Path) -> Result<OutcomeSettings, String> {
        let Self { check, wait, .. } = *self;
        let is_files = self.source.glob.is_some() || self.source.folder.is_some();
        let read = self.read_args(folder).check()?;
        if !check && read != ReadArgs::default() {
            return Err("mapping, date-order, encoding and their like say how check reads; add \
                        check = true"
                .to_owned());
        }
        if !wait && self.wait_max.is_some() {
            return Err("wait-max is of use only with wait = true".to_owned());
        }
        if self.refused_to.is_some() && !is_files {
            return Err(
                "refused-to is for files; what a command or a query gives leaves none".to_owned()
            );
        }
        if self.refused_to.is_some() && !check && !wait {
            return Err("refused-to needs check = true or wait = true, which tell what is refused"
                .to_owned());
        }
        if self.min_rows.is_some() && is_files && !check {
            return Err("min-rows of files needs check = true, which counts them".to_owned());
        }
        let longest = self.wait_max.as_deref().map(parse_wait_time).transpose();
        let longest = longest.map_err(|advice| format!("wait-max: {advice}"))?;
        Ok(OutcomeSettings {
            check: check.then_some(read),
            wait: wait.then_some(longest.unwrap_or(WAIT_MAX)),
            refused_to: self.refused_to.as_ref().map(|path| folder.join(path)),
            min_rows: self.min_rows.unwrap_or(MIN_ROWS),
        })
    }
    fn read_args(&self, folder: &Path) -> ReadArgs {
        ReadArgs {
            mapping: self.mapping.as_ref().map(|path| folder.join(path)),
            date_order: self.date_order,
            encoding: self.encoding.clone(),
            decimals: self.decimals,
            invoices: self.invoices,
            sheet: self.sheet.clone(),
            empty_words: self.empty_words.clone(),
            keep_totals: self.keep_totals,
            strict: self.strict,
        }
    }
}
