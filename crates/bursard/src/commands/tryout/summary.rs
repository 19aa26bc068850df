//! What a tryout came to, for a terminal and as JSON.

use std::path::Path;

use domain::digits::grouped;
use domain::finding::{CheckEnd, StoredFinding, WeighedReason};
use domain::{Check, Money, RowCounts, UploadState};
use serde_json::{Value, json};
use server::report::{self, LeftOutFile, ReportedFile, RiskSums, gravest, headline, in_all, prose};
use server::tryout::{ReadFiles, TryoutFindings};

use crate::output;

/// Findings that are told.
const TOLD: usize = 5;
/// Files that are told one by one; of more, those that were read alike together.
const FILES_TOLD: usize = 6;
/// Reasons for it that are told of each, and reasons against it.
const REASONS_TOLD: usize = 3;
const AGAINST_TOLD: usize = 2;
/// The width of what is said.
const COLUMNS: usize = 100;
/// The columns that lines below a long beginning are moved in at most.
const INDENTATION_MAX: usize = 5;

/// All that a tryout came to.
pub(super) struct Summary<'a> {
    pub(super) read: &'a ReadFiles,
    pub(super) found: &'a TryoutFindings,
    pub(super) checks: &'a [Check],
    pub(super) report: &'a Path,
    pub(super) workbook: &'a Path,
    pub(super) kept: Option<&'a Path>,
}

impl Summary<'_> {
    /// Returns `true` when some file was not read.
    pub(super) fn is_partial(&self) -> bool {
        let is_out = |file: &ReportedFile| file.left_out().is_some();
        !self.read.left_out.is_empty() || self.read.files.iter().any(is_out)
    }

    fn sums(&self) -> RiskSums {
        RiskSums::of(&self.found.findings, self.checks)
    }

    fn gravest(&self) -> impl Iterator<Item = &StoredFinding> {
        let findings = &self.found.findings;
        gravest(findings, TOLD).into_iter().map(move |at| &findings[at])
    }

    fn count(&self) -> u64 {
        self.found.findings.len() as u64 + self.found.more
    }

    /// The title of a check.
    fn title<'c>(&'c self, name: &'c str) -> &'c str {
        self.checks.iter().find(|check| check.name == name).map_or(name, |check| &check.title)
    }

    pub(super) fn say(&self) {
        say_files(&self.read.files, &self.read.left_out);
        output::line("");
        let sums = self.sums();
        output::line(headline(self.count(), &sums));
        if !sums.likely.is_empty() {
            let overlaps = if sums.has_overlaps {
                "; rows that stand in several findings count once"
            } else {
                ""
            };
            output::line(format_args!(
                "of it expected: {} (each amount times its probability{overlaps})",
                in_all(&sums.likely)
            ));
        }
        for (number, found) in (1..).zip(self.gravest()) {
            self.say_finding(number, found);
        }
        let lacking = self.lacking();
        if !lacking.is_empty() {
            output::line("");
            output::line(format_args!(
                "not checked, as the files lack what is needed: {} of {} checks (the report names the \
                 columns)",
                lacking.len(),
                self.found.reports.len()
            ));
        }
    }

    fn say_finding(&self, number: usize, found: &StoredFinding) {
        let finding = &found.finding;
        let explained = finding.explain();
        let money = finding.at_risk.clone().map(|money: Money| in_all(&[money]));
        let money = money.map(|money| format!("{money} at risk · ")).unwrap_or_default();
        output::line("");
        say_wrapped(&format!("{number}. "), &prose(&finding.title));
        say_wrapped("   ", &prose(&explained.answer));
        let (lane, check) = (finding.lane.title(), self.title(&finding.check));
        output::line(format_args!("   {lane}: {money}{check}"));
        let say = |beginning: &str, reasons: &[WeighedReason], most: usize| {
            for reason in &reasons[..reasons.len().min(most)] {
                let words = prose(&reason.words);
                say_wrapped(beginning, &format!("{}: {words}", reason.strength.as_str()));
            }
        };
        say("   + ", &explained.reasons_for, REASONS_TOLD);
        say("   - ", &explained.against, AGAINST_TOLD);
        say_wrapped("   next: ", &prose(&explained.next_step));
        say_wrapped("   legitimate if ", &prose(&finding.innocent_if));
    }

    /// The reasons why checks did not run, with their titles.
    fn lacking(&self) -> Vec<(&str, &str)> {
        let reports = self.found.reports.iter();
        reports
            .filter_map(|report| match &report.end {
                CheckEnd::NotRun { why } => Some((why.as_str(), report.title.as_str())),
                CheckEnd::Ran => None,
            })
            .collect()
    }

    pub(super) fn to_json(&self) -> Value {
        let sums = self.sums();
        let by_check: Vec<Value> = (sums.by_check.iter())
            .map(|sum| {
                json!({
                    "check": sum.check, "title": self.title(&sum.check), "findings": sum.findings,
                    "atRisk": sum.at_risk, "isContext": sum.is_context,
                })
            })
            .collect();
        let gravest: Vec<Value> = self.gravest().map(as_json).collect();
        let not_checked: Vec<Value> = self
            .lacking()
            .iter()
            .map(|(why, check)| json!({ "check": check, "why": why }))
            .collect();
        json!({
            "files": self.read.files.iter().map(file_as_json).collect::<Vec<_>>(),
            "leftOut": self.read.left_out.iter()
                .map(|file| json!({ "name": file.name, "why": file.why })).collect::<Vec<_>>(),
            "findings": self.count(),
            "suppressed": self.found.suppressed,
            "atRisk": sums.at_risk,
            "twice": sums.twice,
            "likely": sums.likely,
            "byCheck": by_check,
            "gravest": gravest,
            "notChecked": not_checked,
            "report": self.report,
            "workbook": self.workbook,
            "kept": self.kept,
        })
    }
}

/// Says a text in lines that a terminal shows whole; those behind the first stand below its words.
fn say_wrapped(begin: &str, text: &str) {
    let indentation = " ".repeat(begin.chars().count().min(INDENTATION_MAX));
    let mut line = begin.to_owned();
    let mut width = begin.chars().count();
    for word in text.split(' ') {
        let chars = word.chars().count();
        if width + chars > COLUMNS && !line.trim().is_empty() {
            output::line(line.trim_end());
            line.clone_from(&indentation);
            width = indentation.chars().count();
        }
        line.push_str(word);
        line.push(' ');
        width += chars + 1;
    }
    output::line(line.trim_end());
}

/// Says of each file what it was taken for, and what came of it.
pub(super) fn say_files(files: &[ReportedFile], left_out: &[LeftOutFile]) {
    let read: Vec<&ReportedFile> = files.iter().filter(|file| file.left_out().is_none()).collect();
    if read.len() > FILES_TOLD {
        say_alike(&read);
    } else {
        for file in read {
            say_read(&file.name, file, &file.outcome());
        }
    }
    for file in report::left_out(left_out, files) {
        output::line(format_args!("{}: left out: {}", file.name, file.why));
    }
}

fn say_read(name: &str, file: &ReportedFile, outcome: &str) {
    let holds = file.upload.file_type.spec().words.many;
    output::line(format_args!("{name}: {holds}, {}; {outcome}", file.type_told));
    let derived = file.derived();
    if !derived.is_empty() {
        say_wrapped("   derived: ", &derived.join(", "));
    }
}

/// Says in one line what came of all files that were taken for the same in the same way.
fn say_alike(files: &[&ReportedFile]) {
    let mut alike: Vec<(Vec<&ReportedFile>, Vec<String>)> = Vec::new();
    for file in files.iter().copied() {
        let derived = file.derived();
        let is_like = |(others, known): &(Vec<&ReportedFile>, Vec<String>)| {
            let other = others[0];
            *known == derived
                && other.upload.file_type == file.upload.file_type
                && other.type_told == file.type_told
        };
        match alike.iter_mut().find(|of| is_like(of)) {
            Some((others, _)) => others.push(file),
            None => alike.push((vec![file], derived)),
        }
    }
    for (files, _) in &alike {
        let rows = |count: fn(&RowCounts) -> u64| {
            let counts = files.iter().filter_map(|file| match &file.upload.state {
                UploadState::Read { rows, .. } => Some(count(rows)),
                _ => None,
            });
            grouped(&counts.sum::<u64>().to_string())
        };
        let (read, aside) = (rows(|rows| rows.rows_read), rows(|rows| rows.rows_set_aside));
        let name = match files.as_slice() {
            [only] => only.name.clone(),
            several => format!("{} files", several.len()),
        };
        say_read(&name, files[0], &format!("{read} rows read, {aside} set aside"));
    }
}

fn file_as_json(file: &ReportedFile) -> Value {
    json!({
        "name": file.name,
        "type": file.upload.file_type,
        "typeTold": file.type_told,
        "bytes": file.upload.bytes,
        "state": file.upload.state,
        "derived": file.derived(),
        "leftOut": file.left_out(),
    })
}

fn as_json(found: &StoredFinding) -> Value {
    let finding = &found.finding;
    json!({
        "key": finding.key, "check": finding.check, "kind": finding.kind, "title": finding.title,
        "lane": finding.lane, "probability": finding.probability, "atRisk": finding.at_risk,
        "billed": finding.billed,
        "rows": finding.rows.iter()
            .map(|row| json!({ "ledger": row.ledger, "id": row.id })).collect::<Vec<_>>(),
        "explanation": finding.explain(),
        "evidence": finding.evidence.iter().map(|reason| &reason.words).collect::<Vec<_>>(),
        "innocentIf": finding.innocent_if,
    })
}
