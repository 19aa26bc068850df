//! The context of a finding: others about its suppliers, and how people decided here.
//!
//! Invariant: what is said of earlier decisions is counted from them, and none is guessed.

use domain::finding::{FindingState, FindingSummary, ReasonCatalogue};
use domain::page::PageSize;
use domain::{FileType, Finding};
use jiff::Timestamp;
use store::Inclusion;

use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;
use crate::http::pages::format;
use crate::http::pages::known_checks::KnownChecks;

/// Another finding about the same supplier.
pub(super) struct RelatedFinding {
    pub(super) href: String,
    pub(super) title: String,
    /// Why it is not in the queue; none when it is.
    pub(super) why: Option<String>,
    pub(super) at_risk: String,
    pub(super) state: &'static str,
}

/// The decisions of people on findings like this one: in sentences, and those about the supplier.
#[derive(Default)]
pub(super) struct Precedents {
    pub(super) sentences: Vec<String>,
    pub(super) decided: Vec<PrecedentLine>,
}

/// A decision about the same supplier.
pub(super) struct PrecedentLine {
    pub(super) href: String,
    pub(super) title: String,
    pub(super) state: &'static str,
    pub(super) tone: &'static str,
    pub(super) because: String,
}

/// The most related findings of each sort; more are behind the link to all of the supplier.
const RELATED_MAX: u32 = 5;
/// The most decisions about the supplier that are shown.
const DECIDED_SHOWN: usize = 4;
/// Among so many findings about the supplier decisions are looked for.
const LOOKED_AT: PageSize = PageSize::fixed(100);

/// Other findings about its suppliers: first those suppressed, then those in the queue.
pub(super) async fn related(
    viewer: &Member,
    known: KnownChecks<'_>,
    finding: &Finding,
    query: &str,
) -> Result<Vec<RelatedFinding>, PageError> {
    const SIZE: PageSize = PageSize::fixed(RELATED_MAX);
    let mut related = Vec::new();
    for suppressed in [Inclusion::Only, Inclusion::No] {
        let others = viewer.store.findings_beside(&viewer.unit, finding, suppressed, SIZE).await?;
        related.extend(others.into_iter().map(|found| RelatedFinding {
            href: viewer.path(&format!("findings/{}?{query}", found.key)),
            title: format::prose(&found.title),
            why: found.suppressed.map(|why| why.words),
            at_risk: found.at_risk.as_ref().map(format::money).unwrap_or_default(),
            state: known.state_words(found.standing.state, &found.check),
        }));
    }
    Ok(related)
}

/// Looks up the decisions about the supplier of a finding and about others of its kind, and what of them
/// speaks for later runs.
pub(super) async fn precedents(
    viewer: &Member,
    known: KnownChecks<'_>,
    finding: &Finding,
    (supplier, now): (Option<&str>, Timestamp),
) -> Result<Precedents, PageError> {
    let (store, unit) = (&viewer.store, &viewer.unit);
    let mut precedents = Precedents::default();
    let kind = (finding.check.as_str(), finding.kind.as_str());
    let (confirmed, decided) = store.decided_of_kind(unit, kind, &finding.key).await?;
    if decided > 0 {
        let yes = known.state_words(FindingState::Confirmed, &finding.check);
        precedents.sentences.push(format!(
            "Of {} of this kind that people decided here, {} {} “{yes}”.",
            format::counted(decided, "other finding", "other findings"),
            format::count(confirmed),
            if confirmed == 1 { "was" } else { "were" },
        ));
    }
    if let Some(pattern) = &finding.pattern {
        let of_pattern = store.remembered_for_pattern(unit, pattern, now).await?;
        precedents.sentences.extend(of_pattern.map(|kept| {
            let until = kept.verdict.until.map(|at| format!(" until {}", format::last_day(at)));
            format!(
                "Such findings of this supplier are remembered as legitimate{}: “{}”.",
                until.unwrap_or_default(),
                kept.because
            )
        }));
    }
    if let Some(reference) = supplier {
        let about = store.findings_naming(unit, FileType::Suppliers, reference, LOOKED_AT).await?;
        let is_decided = |other: &&FindingSummary| {
            other.key != finding.key && other.standing.state != FindingState::Open
        };
        let decided = about.iter().filter(is_decided).take(DECIDED_SHOWN);
        let reasons = store.reason_codes().await?;
        precedents.decided = decided.map(|other| line(viewer, known, (other, &reasons))).collect();
    }
    Ok(precedents)
}

fn line(
    viewer: &Member,
    known: KnownChecks<'_>,
    (other, reasons): (&FindingSummary, &ReasonCatalogue),
) -> PrecedentLine {
    let standing = &other.standing;
    PrecedentLine {
        href: viewer.path(&format!("findings/{}", other.key)),
        title: format::prose(&other.title),
        state: known.state_words(other.standing.state, &other.check),
        tone: super::labels::state_tone(other.standing.state),
        because: (reasons.in_words(standing.reason_code.as_ref(), standing.because.as_deref()))
            .unwrap_or_default(),
    }
}
