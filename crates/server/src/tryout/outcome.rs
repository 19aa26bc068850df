//! Files that were read, and what was found in them.

use domain::finding::{CheckReport, StoredFinding};
use domain::{Preview, Problem, ProblemCount, Upload};

use super::input::{InputFile, LeftOutFile};

/// The files of a tryout, read.
#[derive(Debug, Default)]
pub struct ReadFiles {
    /// Those that were received, in their order.
    pub inputs: Vec<InputFile>,
    /// The files, with what came of them.
    pub files: Vec<ReportedFile>,
    pub left_out: Vec<LeftOutFile>,
}

/// The findings of a tryout, with what each check did.
#[derive(Debug, Default)]
pub struct TryoutFindings {
    /// Empty where no file was read, so that nothing could be checked.
    pub reports: Vec<CheckReport>,
    /// The gravest first.
    pub findings: Vec<StoredFinding>,
    /// The number of findings beyond those.
    pub more: u64,
    /// The number that looked like findings and are explained.
    pub suppressed: u64,
}

/// A file that was given, and what came of it.
#[derive(Debug)]
pub struct ReportedFile {
    /// The file's name as it was given.
    pub name: String,
    pub upload: Upload,
    /// The way its type is known, such as `by its columns`.
    pub type_told: String,
    /// The columns it has, by the rules it was read by.
    pub preview: Preview,
    /// Names of fields that were taken from others for this tryout alone.
    pub assumed: Vec<String>,
    pub counts: Vec<ProblemCount>,
    /// The first of its problems, in the order of the file.
    pub problems: Vec<Problem>,
}
