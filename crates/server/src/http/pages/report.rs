//! The findings of a tryout as a report: a document that stands alone (opens from a disk, prints, is
//! sent on), and the same as a part of a page.
//!
//! Not for: findings that people decide on (`findings`), whose comparison and evidence it shares.
//!
//! Invariant: it names nothing outside itself, so that nothing is fetched or sent when it is opened, and
//! bank accounts in it are cut to their ends.

mod assumed;
mod files;
mod pictures;
mod sums;

use askama::Template;
use domain::finding::{CheckEnd, CheckReport, InvoicesRead, StoredFinding, percent_words};
use domain::{Check, FileType, Money, Visibility};
use jiff::Timestamp;

use super::derived_fields::DerivedFields;
use super::findings::shown::ShownFinding;
use super::known_checks::KnownChecks;
use super::overview::lacked;
use super::{assets, format};
use crate::http::code_words::within_a_sentence;
pub use files::left_out;
pub(crate) use files::{FileGroup, groups};
use pictures::{Bar, OverTime};
pub use sums::{CheckSum, RiskSums, gravest};

pub use crate::http::findings_workbook;
pub use crate::tryout::{LeftOutFile, ReportedFile};

/// Findings that are shown whole: as many as are read in one sitting.
const SHOWN_WHOLE: usize = 10;
/// Findings that are listed behind them; all are in the workbook.
const LISTED: usize = 100;
/// Kinds of a check's findings that are named.
const KINDS_NAMED: usize = 4;
/// Rows of one finding that are listed.
const ROWS_LISTED: usize = 20;

/// The contents of a report.
#[derive(Debug)]
pub struct ReportParts<'a> {
    /// The unit's title.
    pub title: &'a str,
    pub made_at: Timestamp,
    pub files: &'a [ReportedFile],
    pub left_out: &'a [LeftOutFile],
    /// All checks there are.
    pub checks: &'a [Check],
    /// The reports of the run, one for each check.
    pub reports: &'a [CheckReport],
    /// Those for people to decide on, the gravest first.
    pub findings: &'a [StoredFinding],
    /// Findings beyond those.
    pub more: u64,
    /// The number that looked like findings and are explained.
    pub suppressed: u64,
    /// The name of the workbook beside it that has all findings.
    pub workbook: Option<&'a str>,
    pub next_steps: &'a [NextStep],
    /// Where it was made, and what became of the files: a sentence.
    pub made_where: &'a str,
}

/// A report, written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The part that a page shows.
    pub part: String,
    /// A document that stands alone.
    pub document: String,
}

/// Something to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextStep {
    pub words: String,
    /// A command that does it.
    pub command: Option<String>,
}

#[derive(Template)]
#[template(path = "report.html")]
struct ReportDocument<'a> {
    style: String,
    brand: &'static str,
    title: &'a str,
    headline: &'a str,
    part: &'a str,
}

#[derive(Template)]
#[template(path = "report_part.html")]
struct ReportPart<'a> {
    title: &'a str,
    headline: &'a str,
    about: String,
    /// No finding's money has a currency.
    has_no_currency: bool,
    made_on: String,
    twice: String,
    findings_of_twice: String,
    otherwise: String,
    findings_of_otherwise: String,
    likely: String,
    findings: String,
    ran: String,
    has_overlaps: bool,
    suppressed: Option<String>,
    by_check: Vec<CheckLine>,
    by_supplier: Vec<Bar>,
    over_time: Option<OverTime>,
    /// The currency of the pictures, where findings have several.
    drawn_in: Option<String>,
    cards: Vec<FindingCard>,
    listed: Vec<ListedFinding>,
    not_listed: Option<String>,
    workbook: Option<&'a str>,
    lacked: Vec<(String, String)>,
    /// Amounts that findings go by and nobody has set.
    assumed: Vec<String>,
    notices: Vec<String>,
    invoices: Option<String>,
    left_out: Vec<LeftOutFile>,
    files: Vec<FileGroup>,
    next_steps: &'a [NextStep],
    made_where: &'a str,
}

struct CheckLine {
    title: String,
    /// `12 exact, 3 misread character`, where there are several kinds.
    kinds: String,
    is_context: bool,
    findings: String,
    at_risk: String,
    percent: String,
}

/// One finding, whole.
struct FindingCard {
    number: usize,
    shown: ShownFinding,
}

struct ListedFinding {
    number: usize,
    title: String,
    check: String,
    probability: String,
    at_risk: String,
}

/// Writes the report.
///
/// # Errors
/// None that the parts are the cause of.
pub fn render(parts: &ReportParts<'_>) -> Result<Report, askama::Error> {
    let sums = RiskSums::of(parts.findings, parts.checks);
    let headline = headline(parts.findings.len() as u64 + parts.more, &sums);
    let part = report_part(parts, &sums, &headline).render()?;
    let document = ReportDocument {
        style: style(),
        brand: assets::text("bursar.svg"),
        title: parts.title,
        headline: &headline,
        part: &part,
    };
    Ok(Report { document: document.render()?, part })
}

fn report_part<'a>(parts: &ReportParts<'a>, sums: &RiskSums, headline: &'a str) -> ReportPart<'a> {
    let known = KnownChecks::of(parts.checks);
    let derived = parts.files.iter().flat_map(ReportedFile::derived_columns);
    let derived = DerivedFields::of_columns(derived);
    let once = sums::counted_once(parts.findings, parts.checks);
    let currency = pictures::main_currency(&once);
    let whole = gravest(parts.findings, SHOWN_WHOLE);
    let others = parts.findings.iter().enumerate().filter(|(at, _)| !whole.contains(at));
    let others = (whole.len() + 1..).zip(others.map(|(_, found)| found));
    let numbered = (1..).zip(whole.iter().map(|at| &parts.findings[*at]));
    let all = parts.findings.len() as u64 + parts.more;
    let rest = all.saturating_sub((SHOWN_WHOLE + LISTED) as u64);
    let read = InvoicesRead::from_reports(parts.reports);
    ReportPart {
        title: parts.title,
        headline,
        about: about(parts.files),
        has_no_currency: matches!(sums.at_risk.as_slice(), [Money { currency: None, .. }]),
        made_on: format::date(parts.made_at),
        twice: in_all(&sums.twice),
        findings_of_twice: format::counted(sums.findings_of_twice, "finding", "findings"),
        otherwise: in_all(&sums.otherwise),
        findings_of_otherwise: format::counted(sums.findings_of_otherwise, "finding", "findings"),
        likely: in_all(&sums.likely),
        findings: format::count(all),
        ran: ran(parts.reports),
        has_overlaps: sums.has_overlaps,
        suppressed: (parts.suppressed > 0).then(|| format::count(parts.suppressed)),
        by_check: check_lines(sums, known, currency.as_ref()),
        by_supplier: pictures::by_supplier(&once, currency.as_ref()),
        over_time: pictures::over_time(&once, currency.as_ref()),
        drawn_in: (sums.at_risk.len() > 1)
            .then(|| currency.clone().unwrap_or_else(|| "no named currency".to_owned())),
        cards: numbered.map(|(number, found)| card(number, found, (known, &derived))).collect(),
        listed: others.take(LISTED).map(|(number, found)| listed(number, found, known)).collect(),
        not_listed: (rest > 0).then(|| format::count(rest)),
        workbook: parts.workbook,
        lacked: lacked(parts.reports),
        assumed: assumed::assumed(parts.checks, parts.findings),
        notices: read.as_ref().map(notices).unwrap_or_default(),
        invoices: read.map(|read| read.summary()),
        left_out: left_out(parts.left_out, parts.files),
        files: groups(parts.files),
        next_steps: parts.next_steps,
        made_where: parts.made_where,
    }
}

/// The notices of a run, for somebody who may have no server.
fn notices(read: &InvoicesRead) -> Vec<String> {
    let said = |notice: String| {
        let notice = notice.replace("an admin sets", "an admin of a server sets");
        notice.replace("An admin sets", "An admin of a server sets")
    };
    read.notices().into_iter().map(said).collect()
}

/// The style of the pages, and what only a report has.
fn style() -> String {
    format!("{}{}", assets::text("bursar.css"), assets::text("report.css"))
}

/// `38 findings: £84,310.00 may have been paid twice, £9,200.00 at risk otherwise`
pub fn headline(findings: u64, sums: &RiskSums) -> String {
    let found = format::counted(findings, "finding", "findings");
    let (twice, otherwise) = (in_all(&sums.twice), in_all(&sums.otherwise));
    match (findings, twice.as_str(), otherwise.as_str()) {
        (0, ..) => "Nothing was found".to_owned(),
        (_, "", "") => found,
        (_, "", otherwise) => format!("{found}, {otherwise} at risk"),
        (_, twice, "") => format!("{found}: {twice} may have been paid twice"),
        (_, twice, otherwise) => {
            format!("{found}: {twice} may have been paid twice, {otherwise} at risk otherwise")
        }
    }
}

/// Sums of several currencies, the largest first; empty where there is no money.
pub fn in_all(sums: &[Money]) -> String {
    format::sums(sums)
}

/// A sentence of a finding with its days and its money as people write them.
pub fn prose(text: &str) -> String {
    format::prose(text)
}

/// The steps of giving files of the types that none were given of, where checks wait for them.
pub fn steps_to_more_files(reports: &[CheckReport]) -> Vec<NextStep> {
    let step = |file_type: FileType| {
        let why = file_type.none_sent();
        let waits = |report: &&CheckReport| matches!(&report.end, CheckEnd::NotRun { why: of } if *of == why);
        let checks = reports.iter().filter(waits).count() as u64;
        (checks > 0).then(|| NextStep {
            words: format!(
                "Give the {} as well: {} can run then.",
                file_type.spec().words.many,
                format::counted(checks, "more check", "more checks")
            ),
            command: None,
        })
    };
    FileType::ALL.into_iter().filter_map(step).collect()
}

/// `20,000 transactions, 640 suppliers`
fn about(files: &[ReportedFile]) -> String {
    let mut rows: Vec<(&'static str, u64)> = Vec::new();
    for file in files {
        let domain::UploadState::Read { rows: counts, .. } = &file.upload.state else { continue };
        let holds = files::holds(file.upload.file_type);
        let is_snapshot = file.upload.file_type.is_snapshot();
        match rows.iter_mut().find(|(known, _)| *known == holds) {
            // A later list of all there are takes the place of an earlier one.
            Some((_, count)) if is_snapshot => *count = counts.rows_read,
            Some((_, count)) => *count += counts.rows_read,
            None => rows.push((holds, counts.rows_read)),
        }
    }
    let words = |(holds, count): &(&str, u64)| format!("{} {holds}", format::count(*count));
    rows.iter().map(words).collect::<Vec<_>>().join(", ")
}

/// `18 of 20`
fn ran(reports: &[CheckReport]) -> String {
    let ran = reports.iter().filter(|report| report.end == CheckEnd::Ran).count();
    format!("{ran} of {}", reports.len())
}

fn check_lines(
    sums: &RiskSums,
    known: KnownChecks<'_>,
    currency: Option<&String>,
) -> Vec<CheckLine> {
    let drawn = |sum: &CheckSum| {
        let of_currency = sum.at_risk.iter().find(|money| money.currency.as_ref() == currency);
        of_currency.map_or(0, |money| i128::from(money.amount.ten_thousandths()))
    };
    let counted = || sums.by_check.iter().filter(|sum| !sum.is_context);
    let most = counted().map(drawn).max().unwrap_or(0);
    let line = |sum: &CheckSum| CheckLine {
        title: known.title(&sum.check),
        kinds: kinds(sum),
        is_context: sum.is_context,
        findings: format::count(sum.findings),
        at_risk: in_all(&sum.at_risk),
        percent: if sum.at_risk.is_empty() || sum.is_context {
            String::new()
        } else {
            pictures::percent(drawn(sum), most)
        },
    };
    sums.by_check.iter().map(line).collect()
}

fn kinds(sum: &CheckSum) -> String {
    if sum.kinds.len() < 2 {
        return String::new();
    }
    let counted = |(kind, count): &(String, u64)| {
        format!("{} {}", format::count(*count), within_a_sentence(kind))
    };
    let words = sum.kinds.iter().take(KINDS_NAMED).map(counted).collect::<Vec<_>>().join(", ");
    match sum.kinds.len().saturating_sub(KINDS_NAMED) {
        0 => words,
        more => format!("{words} and {}", format::counted(more, "other kind", "other kinds")),
    }
}

fn card(
    number: usize,
    found: &StoredFinding,
    (known, derived): (KnownChecks<'_>, &DerivedFields),
) -> FindingCard {
    let mut finding = found.finding.clone();
    finding.mask(Visibility::AccountsMasked);
    let mut shown = ShownFinding::new(&finding, (known, derived), |_| String::new());
    // Of a ledger that has no more than their names, the title says it.
    shown.tables.retain(|table| !table.lines.is_empty());
    FindingCard { number, shown }
}

fn listed(number: usize, found: &StoredFinding, known: KnownChecks<'_>) -> ListedFinding {
    ListedFinding {
        number,
        title: prose(&found.finding.title),
        check: known.title(&found.finding.check),
        probability: found.finding.probability.map(percent_words).unwrap_or_default(),
        at_risk: found.finding.at_risk.as_ref().map(format::money).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
