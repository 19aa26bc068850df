//! How each file was read, for whoever made it: what was taken for what, what was set aside, what is worth
//! knowing.
//!
//! Not for: reading files. Problems' values are masked where they are personal before they come here.

use domain::problem::{Level, Reason};
use domain::{FieldSource, FileType, PreviewedField, ProblemCount, UploadState, Visibility};

use crate::http::pages::format;
use crate::tryout::{LeftOutFile, ReportedFile};

/// Problems of a file that are shown with their lines.
const EXAMPLES_SHOWN: usize = 5;

/// Files that were read alike, as a report shows them.
#[derive(Debug)]
pub(crate) struct FileGroup {
    pub(crate) title: String,
    pub(crate) holds: &'static str,
    pub(crate) type_told: String,
    pub(crate) files: Vec<FileLine>,
    pub(crate) fields: Vec<FieldLine>,
    /// Headers of columns that are taken for no field.
    pub(crate) unknown: String,
    pub(crate) set_aside: Vec<CountLine>,
    pub(crate) examples: Vec<ExampleLine>,
    pub(crate) notes: Vec<CountLine>,
}

/// One file of a group.
#[derive(Debug)]
pub(crate) struct FileLine {
    pub(crate) name: String,
    pub(crate) size: String,
    /// `20,000 rows read, 12 set aside`
    pub(crate) outcome: String,
    /// Why nothing of it was checked; none when it was.
    pub(crate) left_out: Option<String>,
}

/// A field and where it comes from.
#[derive(Debug, Clone)]
pub(crate) struct FieldLine {
    pub(crate) title: &'static str,
    pub(crate) source: String,
    /// It follows from what the file lacks.
    pub(crate) is_derived: bool,
    pub(crate) example: String,
}

/// The count of something that was met, with what to do about it.
#[derive(Debug)]
pub(crate) struct CountLine {
    pub(crate) column: String,
    pub(crate) message: String,
    pub(crate) advice: String,
    pub(crate) count: String,
}

/// A record that was set aside.
#[derive(Debug)]
pub(crate) struct ExampleLine {
    /// `invoices.csv, line 7, Invoice Date`
    pub(crate) place: String,
    pub(crate) value: String,
    pub(crate) message: String,
}

impl ReportedFile {
    /// The outcome of reading it in one line, such as `20,000 rows read, 12 set aside`.
    pub fn outcome(&self) -> String {
        match &self.upload.state {
            UploadState::Read { rows, .. } | UploadState::Held { rows, .. } => {
                let read = format::counted(rows.rows_read, "row read", "rows read");
                // The header is none to speak of.
                let skipped = rows.non_rows.saturating_sub(1);
                let also = [
                    (rows.rows_set_aside, "set aside", "set aside"),
                    (rows.rows_replaced, "in place of an earlier one", "in place of earlier ones"),
                    (skipped, "title, total or blank skipped", "titles, totals and blanks skipped"),
                ];
                let also = also.into_iter().filter(|(count, ..)| *count > 0);
                let also = also.map(|(count, one, more)| format::counted(count, one, more));
                std::iter::once(read).chain(also).collect::<Vec<_>>().join(", ")
            }
            UploadState::Refused { .. } => "refused".to_owned(),
            UploadState::Received | UploadState::Reading { .. } => "not read".to_owned(),
        }
    }

    /// Why nothing of it was checked, without a full stop; none when it was.
    pub fn left_out(&self) -> Option<String> {
        match &self.upload.state {
            UploadState::Refused { reason, .. } => Some(reason.trim_end_matches('.').to_owned()),
            UploadState::Held { rows, reason, .. } => {
                let nouns = self.upload.file_type.spec().words.many;
                let reason = reason.clone().masked(Visibility::AccountsMasked);
                Some(format!(
                    "held, so that nothing of it was checked: {}",
                    reason.explain(rows, nouns)
                ))
            }
            UploadState::Received | UploadState::Reading { .. } | UploadState::Read { .. } => None,
        }
    }

    /// Fields that the file lacks and that were taken from others: `Entered Date from Invoice Date`.
    pub fn derived(&self) -> Vec<String> {
        let derived = self.preview.fields.iter().filter(|field| self.is_derived(field));
        let words = |field: &PreviewedField| {
            let source = field.source.as_ref().map(|source| self.source_words(source));
            format!("{} from {}", field.field.title, source.unwrap_or_default())
        };
        derived.map(words).collect()
    }

    /// The columns of transactions that it lacks, each with what it is taken from.
    pub(super) fn derived_columns(&self) -> Vec<(String, String)> {
        if self.upload.file_type != FileType::Transactions {
            return Vec::new();
        }
        let derived = self.preview.fields.iter().filter(|field| self.is_derived(field));
        let pair = |field: &PreviewedField| {
            let source = field.source.as_ref().map(|source| self.source_words(source));
            (field.field.name.to_owned(), source.unwrap_or_default())
        };
        derived.map(pair).collect()
    }

    fn is_derived(&self, field: &PreviewedField) -> bool {
        field.is_derived || self.assumed.iter().any(|name| name == field.field.name)
    }

    fn source_words(&self, source: &FieldSource) -> String {
        match source {
            FieldSource::SameAs { field } => {
                let of = self.preview.fields.iter().find(|known| known.field.name == field);
                of.map_or_else(|| source.to_string(), |known| known.field.title.to_owned())
            }
            FieldSource::Constant { constant }
                if self.numbers_rows() && constant.ends_with(":…") =>
            {
                "the file's name and the line of each row".to_owned()
            }
            _ => source.to_string(),
        }
    }

    fn numbers_rows(&self) -> bool {
        self.assumed.iter().any(|name| name == self.upload.file_type.spec().key)
    }

    fn line(&self) -> FileLine {
        FileLine {
            name: self.name.clone(),
            size: format::bytes(self.upload.bytes),
            outcome: self.outcome(),
            left_out: self.left_out().map(|why| format::capital(&why)),
        }
    }

    fn examples(&self) -> impl Iterator<Item = ExampleLine> {
        let set_aside = self.problems.iter().filter(|problem| problem.level == Level::SetAside);
        set_aside.map(|problem| {
            let line = problem.line.map(|line| format!("line {}", format::count(line)));
            let place = [Some(self.name.clone()), line, problem.column.clone()];
            ExampleLine {
                place: place.into_iter().flatten().collect::<Vec<_>>().join(", "),
                value: problem.value.clone().unwrap_or_default(),
                message: format::capital(&problem.reason.to_string()),
            }
        })
    }

    /// Returns `true` when the other was read in the same way: then one table speaks for both.
    fn is_like(&self, other: &Self) -> bool {
        let told = |file: &Self| {
            let words = |field: &PreviewedField| {
                field.source.as_ref().map(|source| file.source_words(source))
            };
            let fields = file.preview.fields.iter();
            fields.map(|field| (words(field), file.is_derived(field))).collect::<Vec<_>>()
        };
        self.upload.file_type == other.upload.file_type
            && self.type_told == other.type_told
            && self.unknown() == other.unknown()
            && told(self) == told(other)
    }

    fn field_lines(&self) -> Vec<FieldLine> {
        let fields = self.preview.fields.iter();
        let with_source = fields.filter_map(|field| Some((field, field.source.as_ref()?)));
        with_source
            .map(|(field, source)| FieldLine {
                title: field.field.title,
                source: self.source_words(source),
                is_derived: self.is_derived(field),
                example: field
                    .values
                    .iter()
                    .find(|value| !value.is_empty())
                    .cloned()
                    .unwrap_or_default(),
            })
            .collect()
    }

    fn unknown(&self) -> Vec<&str> {
        let columns = self.preview.columns.iter();
        let unknown =
            columns.filter(|column| column.field.is_none() && column.identifier_part.is_none());
        unknown.map(|column| column.header.as_str()).filter(|header| !header.is_empty()).collect()
    }
}

/// The noun for what files of a type hold.
pub(super) const fn holds(file_type: FileType) -> &'static str {
    file_type.spec().words.many
}

/// Every file of which nothing was checked; those with one reason together.
pub fn left_out(not_received: &[LeftOutFile], files: &[ReportedFile]) -> Vec<LeftOutFile> {
    let refused = files
        .iter()
        .filter_map(|file| Some(LeftOutFile { name: file.name.clone(), why: file.left_out()? }));
    let mut by_reason: Vec<(String, Vec<String>)> = Vec::new();
    for file in not_received.iter().cloned().chain(refused) {
        match by_reason.iter_mut().find(|(why, _)| *why == file.why) {
            Some((_, names)) => names.push(file.name),
            None => by_reason.push((file.why, vec![file.name])),
        }
    }
    let together = |(why, names): (String, Vec<String>)| {
        let (first, others) = names.split_first().expect("every reason is one of a file");
        let name = match others.len() {
            0 => first.clone(),
            more => format!("{first} and {}", format::counted(more, "more file", "more files")),
        };
        LeftOutFile { name, why }
    };
    by_reason.into_iter().map(together).collect()
}

/// The files in the order in which they were given, those that were read alike together.
pub(crate) fn groups(files: &[ReportedFile]) -> Vec<FileGroup> {
    let mut alike: Vec<Vec<&ReportedFile>> = Vec::new();
    for file in files {
        match alike.iter_mut().find(|group| group[0].is_like(file)) {
            Some(group) => group.push(file),
            None => alike.push(vec![file]),
        }
    }
    alike.iter().map(|files| group(files)).collect()
}

fn group(files: &[&ReportedFile]) -> FileGroup {
    let first = files[0];
    let holds = holds(first.upload.file_type);
    FileGroup {
        title: match files {
            [only] => only.name.clone(),
            _ => format!("{} files of {holds}", format::count(files.len())),
        },
        holds,
        type_told: first.type_told.clone(),
        files: files.iter().map(|file| file.line()).collect(),
        fields: first.field_lines(),
        unknown: first.unknown().join(", "),
        set_aside: count_lines(files, Level::SetAside),
        examples: files.iter().flat_map(|file| file.examples()).take(EXAMPLES_SHOWN).collect(),
        notes: count_lines(files, Level::Note),
    }
}

impl FileGroup {
    /// The file, where it is one.
    pub(crate) fn only(&self) -> Option<&FileLine> {
        self.files.first().filter(|_| self.files.len() == 1)
    }
}

/// The problems of a level in all of the files, the most frequent first.
fn count_lines(files: &[&ReportedFile], level: Level) -> Vec<CountLine> {
    // Both stand with the fields.
    let is_shown = |reason| matches!(reason, Reason::UnknownColumn | Reason::DerivedField);
    let counts = files.iter().flat_map(|file| &file.counts);
    let wanted = counts.filter(|count| count.level == level && !is_shown(count.reason));
    let mut sums: Vec<ProblemCount> = Vec::new();
    for count in wanted {
        let known =
            sums.iter_mut().find(|sum| (sum.reason, &sum.column) == (count.reason, &count.column));
        match known {
            Some(sum) => sum.count += count.count,
            None => sums.push(count.clone()),
        }
    }
    sums.sort_by_key(|sum| std::cmp::Reverse(sum.count));
    sums.iter().map(count_line).collect()
}

fn count_line(count: &ProblemCount) -> CountLine {
    CountLine {
        column: count.column.clone().unwrap_or_default(),
        message: format::capital(&count.reason.to_string()),
        advice: format::capital(count.reason.advice()),
        count: format::count(count.count),
    }
}
