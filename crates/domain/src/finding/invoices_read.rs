//! How a run took the rows of a ledger for invoices, and what it says about that to people.
//!
//! Not for: deciding it (`analysis`).
//!
//! Invariant: nothing is added up or left out without a sentence here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::CheckReport;
use crate::check::InvoiceLines;
use crate::digits::grouped;
use crate::id::UploadId;
use crate::invoice_status::{LeftOutStatuses, says_taken_back};

/// The check whose figures these are.
const CHECK: &str = "duplicate_invoices";
/// Where the setting stands.
const SETTING: &str = "“Invoice lines” (Organisation settings, Checks)";
const STATUSES_SETTING: &str = "“Statuses left out” (Organisation settings, Checks)";
/// Statuses that a sentence names; more are counted.
const NAMED_MAX: usize = 5;

/// Rows of the ledger as the invoices that were compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvoicesRead {
    /// The unit's setting.
    pub invoice_lines: InvoiceLines,
    /// Invoices that were compared.
    pub invoices: u64,
    /// Of them, those added up from several rows, their lines.
    pub invoices_of_lines: u64,
    /// Rows that were added up.
    pub lines: u64,
    /// Invoices that stand there two or more times with all their rows: not added up, but compared.
    pub repeated_invoices: u64,
    /// Rows left out, as the same row stands in an earlier file under another Unique ID.
    pub rows_left_out: u64,
    /// Files most of whose invoices stand in earlier ones.
    pub files_sent_again: Vec<FileSentAgain>,
    /// Invoices for which, of sums of several others, only runs of neighbours were tried: too many are near.
    #[serde(default)]
    pub sums_of_runs_only: u64,
    /// Invoices for which no sums were tried: many too many are near.
    #[serde(default)]
    pub sums_not_searched: u64,
    /// Rows that call themselves credit notes, where no amount of the ledger is negative.
    #[serde(default)]
    pub positive_credit_notes: PositiveCreditNotes,
    /// Files most of whose suppliers have references there of another kind than in other files.
    #[serde(default)]
    pub other_references: Vec<FileWithOtherReferences>,
    /// Rows left out by their statuses; empty in accounts of earlier versions.
    #[serde(default)]
    pub statuses: StatusesRead,
}

/// Rows that call themselves credit notes in a ledger none of whose amounts is negative; none where one is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PositiveCreditNotes {
    /// Those whose numbers have letters such as CN or CR, where most numbers of their suppliers have none.
    pub by_number: u64,
    /// Those whose descriptions begin with words such as “credit note”.
    pub by_description: u64,
    /// The invoice number of one of them.
    pub example: Option<String>,
}

/// The statuses of a ledger, and the rows that no check looks at because of theirs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusesRead {
    /// The unit's setting.
    pub left_out_statuses: LeftOutStatuses,
    /// Rows of the ledger, with a status and without.
    pub rows: u64,
    /// Of them, those left out.
    pub invoices_left_out_by_status: u64,
    /// Those left out first, then the most frequent; at most fifty.
    pub met: Vec<StatusRead>,
    /// Statuses that are not among them.
    pub more: u64,
}

/// A status as it stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusRead {
    pub status: String,
    /// Rows that have it.
    pub rows: u64,
    pub is_left_out: bool,
}

/// A file most of whose invoices stand in earlier files under other Unique IDs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileSentAgain {
    pub upload: UploadId,
    /// The name of the file as it was sent; none when nothing is known of it any more.
    pub file_name: Option<String>,
    /// The earlier upload in which most of them stand.
    pub earlier_upload: UploadId,
    pub earlier_file_name: Option<String>,
    /// Invoices of the file.
    pub invoices: u64,
    /// Of them, those that stand in earlier files.
    pub copies: u64,
    /// Set when the copies were left out of the comparison, as they are too many to look at one by
    /// one.
    pub is_left_out: bool,
}

/// A file most of whose suppliers, known by their names, have references there that no other file has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileWithOtherReferences {
    pub upload: UploadId,
    /// The name of the file as it was sent; none when nothing is known of it any more.
    pub file_name: Option<String>,
    /// Suppliers of the file for whose names two files or more have one reference.
    pub suppliers: u64,
    /// Of them, those with a reference that only this file has.
    pub split: u64,
    /// One of these references.
    pub reference: String,
    /// The reference of that supplier in other files.
    pub elsewhere: String,
}

impl InvoicesRead {
    /// The account of a run; none when the check did not run, or an earlier version ran it and
    /// wrote less.
    pub fn from_reports(reports: &[CheckReport]) -> Option<Self> {
        let report = reports.iter().find(|report| report.check == CHECK)?;
        Self::deserialize(&report.figures).ok()
    }

    /// The part that concerns one upload: of files that are named only those in which it has a part.
    #[must_use]
    pub fn about(mut self, upload: UploadId) -> Self {
        self.files_sent_again.retain(|file| [file.upload, file.earlier_upload].contains(&upload));
        self.other_references.retain(|file| file.upload == upload);
        self
    }

    /// The sentences that whoever works with the findings has to know, one to three each.
    pub fn notices(&self) -> Vec<String> {
        let files = self.files_sent_again.iter().map(FileSentAgain::notice);
        let of_all = files.chain(self.lines_notice()).chain(self.repeated_notice());
        let of_all = of_all.chain(self.sums_notice()).chain(self.positive_credit_notes.notice());
        let of_all =
            of_all.chain(self.other_references.iter().map(FileWithOtherReferences::notice));
        let noun = if self.invoices_of_lines == 0 { "invoices" } else { "rows" };
        of_all.chain(self.statuses.notices(noun)).collect()
    }

    /// The summary of how rows became invoices, also where there is nothing to do about it.
    pub fn summary(&self) -> String {
        let invoices = counted(self.invoices);
        if self.invoices_of_lines == 0 {
            return format!("{invoices} compared, each of one row");
        }
        format!(
            "{invoices} compared, {} of them added up from {} invoice lines",
            count(self.invoices_of_lines),
            count(self.lines)
        )
    }

    /// Where the search for sums of several invoices stopped; `evidence` has the bounds.
    fn sums_notice(&self) -> Option<String> {
        let (runs, none) = (self.sums_of_runs_only, self.sums_not_searched);
        let what = "Statements paid beside their invoices, and invoices paid once more in pieces, are \
                    sums, which a busy supplier has by chance";
        let of_runs = format!(
            "for {}, with more than 16 others of their supplier within 45 days, only runs of neighbours were \
             tried",
            counted(runs)
        );
        let of_none = format!("for {}, with more than 64, none were tried", counted(none));
        match (runs, none) {
            (0, 0) => None,
            (_, 0) => Some(format!("{what}: {of_runs}.")),
            (0, _) => Some(format!("{what}: {of_none}.")),
            _ => Some(format!("{what}: {of_runs}; {of_none}.")),
        }
    }

    fn lines_notice(&self) -> Option<String> {
        let of_all = format!(
            "{} of {} invoices ({})",
            count(self.invoices_of_lines),
            count(self.invoices),
            percent(self.invoices_of_lines, self.invoices)
        );
        let added_up = format!("their {} rows were added up", count(self.lines));
        match self.invoice_lines {
            _ if self.invoices_of_lines == 0 => None,
            InvoiceLines::Automatic => Some(format!(
                "Read as invoice lines: {of_all} stand in several rows with the same supplier, number and \
                 dates and not just the same amount again; {added_up}. If each row is an invoice of its own, \
                 an admin sets {SETTING} to Never."
            )),
            InvoiceLines::Always => Some(format!(
                "Read as invoice lines: {of_all} stand in several rows with the same supplier, number and \
                 dates; {added_up}, as {SETTING} is set to Always."
            )),
            InvoiceLines::Never => Some(format!(
                "{of_all} stand in several rows of one Unique ID; {added_up}. All other rows are invoices of \
                 their own, as {SETTING} is set to Never."
            )),
        }
    }

    fn repeated_notice(&self) -> Option<String> {
        (self.repeated_invoices > 0 && self.invoice_lines == InvoiceLines::Automatic).then(|| {
            format!(
                "Not added up: {} stand two or more times in one file with the same supplier, number, dates \
                 and amounts; they are compared as possible duplicates. If they are equal lines, an admin sets \
                 {SETTING} to Always.",
                counted(self.repeated_invoices)
            )
        })
    }
}

impl PositiveCreditNotes {
    fn notice(&self) -> Option<String> {
        let told = match (self.by_number, self.by_description) {
            (0, 0) => return None,
            (_, 0) => "by their numbers".to_owned(),
            (0, _) => "by their descriptions".to_owned(),
            (numbers, texts) => {
                format!(
                    "{} by their numbers, {} by their descriptions",
                    count(numbers),
                    count(texts)
                )
            }
        };
        let example = self.example.as_deref();
        let example = example.map(|number| format!(", such as {number}")).unwrap_or_default();
        Some(format!(
            "Credit notes without a sign: {} rows say that they are credit notes ({told}{example}), and no \
             amount of the ledger is negative. They were compared as invoices, and no invoice as taken back by \
             them. If that is what they are, send their amounts with a minus sign.",
            count(self.by_number + self.by_description)
        ))
    }
}

impl FileWithOtherReferences {
    fn notice(&self) -> String {
        format!(
            "References of another kind: in {}, {} of {} suppliers that other files have too, by their names, \
             have references that no other file has, such as {} for {}. Each stands in the ledger under two: \
             its duplicates are looked for under both, as the name is one, but checks that go by the \
             reference take it for two suppliers. If another column of this file has the references of the \
             other files, choose it under Columns on the file's page and have the file read again; if the \
             ERP has numbered its suppliers anew, send the earlier invoices again with the new references.",
            called(self.file_name.as_deref(), self.upload),
            count(self.split),
            count(self.suppliers),
            self.reference,
            self.elsewhere
        )
    }
}

impl StatusesRead {
    /// `1,204 of 48,310 invoices were not compared`
    fn notices(&self, noun: &str) -> impl Iterator<Item = String> {
        let of_rows = |rows: u64| format!("{} of {} {noun}", count(rows), count(self.rows));
        let left_out = (self.invoices_left_out_by_status > 0).then(|| {
            format!(
                "Left out by status: {} were not compared ({}). An admin sets which with {STATUSES_SETTING}.",
                of_rows(self.invoices_left_out_by_status),
                self.left_out_words()
            )
        });
        let is_usual = |read: &&StatusRead| !read.is_left_out && says_taken_back(&read.status);
        let usual = self.met.iter().filter(|_| self.left_out_statuses.is_known()).find(is_usual);
        let usual = usual.map(|read| {
            format!(
                "Compared all the same: {} have the status {}, which is more than half. If these were taken \
                 back, an admin lists it under {STATUSES_SETTING}.",
                of_rows(read.rows),
                read.status
            )
        });
        left_out.into_iter().chain(usual)
    }

    /// `Cancelled 1,190, Void 14`
    fn left_out_words(&self) -> String {
        let left_out = || self.met.iter().filter(|read| read.is_left_out);
        let named = left_out().take(NAMED_MAX);
        let mut words: Vec<String> =
            named.clone().map(|read| format!("{} {}", read.status, count(read.rows))).collect();
        let others = self.invoices_left_out_by_status - named.map(|read| read.rows).sum::<u64>();
        if others > 0 {
            words.push(format!("others {}", count(others)));
        }
        words.join(", ")
    }
}

impl FileSentAgain {
    /// `600 of 600 invoices of b.csv stand in a.csv under other Unique IDs`
    pub fn title(&self) -> String {
        format!(
            "{} of {} invoices of {} stand in {} under other Unique IDs",
            count(self.copies),
            count(self.invoices),
            called(self.file_name.as_deref(), self.upload),
            called(self.earlier_file_name.as_deref(), self.earlier_upload)
        )
    }

    fn notice(&self) -> String {
        let done = if self.is_left_out {
            "They were not added up, and the copies were left out of the comparison"
        } else {
            "They were not added up; each is compared as a possible duplicate"
        };
        format!(
            "{}. {done}. If only the extract was sent again, let it keep the Unique IDs from one file to the \
             next; if the ERP itself holds these invoices twice, they may have been paid twice.",
            self.title()
        )
    }
}

fn called(name: Option<&str>, upload: UploadId) -> String {
    name.map_or_else(|| upload.to_string(), str::to_owned)
}

fn count(number: u64) -> String {
    grouped(&number.to_string())
}

fn counted(invoices: u64) -> String {
    if invoices == 1 { "1 invoice".to_owned() } else { format!("{} invoices", count(invoices)) }
}

/// `5.9%`
fn percent(some: u64, of: u64) -> String {
    let per_mille = some * 1_000 / of.max(1);
    format!("{}.{}%", per_mille / 10, per_mille % 10)
}

#[cfg(test)]
mod tests;
