//! The problems of an upload on its page, and by which settings they are settled.
//!
//! Not for: setting them (`reading_rules`).

use domain::page::PageSize;
use domain::problem::{Level, Reason};
use domain::{Problem, ProblemCount, ReadingRules, Upload};
use serde::Deserialize;

use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;
use crate::http::pages::field::valid;
use crate::http::pages::format;
use crate::http::pages::reading_setting::SettingValue;

/// The problems of an upload that are looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ProblemPlace {
    #[serde(deserialize_with = "valid")]
    reason: Option<Reason>,
    /// The last problem of the page before.
    #[serde(deserialize_with = "valid")]
    after: Option<u64>,
}

/// The rules that are set now, and what whoever looks may do about them.
pub(super) struct Settling<'a> {
    pub(super) rules: &'a ReadingRules,
    pub(super) may_map: bool,
    pub(super) may_be_read_again: bool,
}

pub(super) struct Problems {
    pub(super) counts: Vec<CountLine>,
    pub(super) lines: Vec<ProblemLine>,
    pub(super) total: String,
    /// Set when not all are listed line by line.
    pub(super) is_cut: bool,
    /// The reason that is picked, as its sentence.
    pub(super) picked: Option<String>,
    pub(super) is_first: bool,
    pub(super) first: String,
    pub(super) next: Option<String>,
}

/// The fate of a record that a problem was met in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowFate {
    Read,
    /// It is no row: a blank line, a total, a footer.
    NoRow,
    SetAside,
}

impl RowFate {
    const fn new(level: Level, reason: Reason) -> Self {
        match (level, reason) {
            (Level::SetAside, _) => Self::SetAside,
            (Level::Note, Reason::BlankRows | Reason::TotalRow | Reason::FooterRow) => Self::NoRow,
            (Level::Note, _) => Self::Read,
        }
    }

    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::NoRow => "skipped, no row",
            Self::SetAside => "set aside",
        }
    }

    pub(super) const fn tone(self) -> &'static str {
        match self {
            Self::Read | Self::NoRow => "plain",
            Self::SetAside => "caution",
        }
    }
}

pub(super) struct CountLine {
    pub(super) href: String,
    pub(super) column: String,
    pub(super) message: String,
    pub(super) advice: String,
    pub(super) count: String,
    pub(super) came_of_it: RowFate,
    /// The place that settles it, for whoever may.
    pub(super) settled: Option<SettledBy>,
}

/// A setting that settles a problem.
pub(super) struct SettledBy {
    /// Its place on the page of columns.
    pub(super) href: String,
    /// Buttons that set it at once.
    pub(super) deeds: Vec<SettingButton>,
}

/// A button that sets a setting to a value.
pub(super) struct SettingButton {
    pub(super) setting: &'static str,
    pub(super) value: &'static str,
    pub(super) words: String,
    /// The page of columns with the value preselected and tried.
    pub(super) href: String,
}

pub(super) struct ProblemLine {
    pub(super) line: String,
    /// The address of the line itself; none when it is of the whole file, or the file is gone.
    pub(super) href: Option<String>,
    pub(super) column: String,
    pub(super) value: String,
    pub(super) message: String,
    pub(super) advice: &'static str,
    pub(super) came_of_it: RowFate,
}

pub(super) async fn problems(
    member: &Member,
    upload: &Upload,
    here: &str,
    place: &ProblemPlace,
    settling: &Settling<'_>,
) -> Result<Problems, PageError> {
    let (store, unit) = (&member.store, &member.unit);
    let ProblemPlace { reason, after } = *place;
    let counts = store.problem_counts(unit, upload.id).await?;
    let page = store.problems_of(unit, upload.id, reason, PageSize::default(), after).await?;
    let picked = reason.map(|reason| format!("reason={}", reason.code()));
    let query = picked.as_deref().unwrap_or_default();
    let first = format!("{here}?{query}#problems");
    let next = page.next.map(|last| format!("{here}?{query}&after={last}#problems"));
    let settled = |count: &ProblemCount| {
        let may = settling.may_map && upload.removed_at.is_none();
        may.then(|| settled_by(here, count.reason, settling)).flatten()
    };
    Ok(Problems {
        is_cut: !store.kept_problems(unit, upload.id).await?.are_all,
        total: format::count(counts.iter().map(|count| count.count).sum::<u64>()),
        counts: counts.iter().map(|count| count_line(here, count, settled(count))).collect(),
        lines: page.items.into_iter().map(|problem| problem_line(upload, here, problem)).collect(),
        picked: reason.map(|reason| format::capital(&reason.to_string())),
        is_first: after.is_none(),
        first,
        next,
    })
}

fn settled_by(here: &str, reason: Reason, settling: &Settling<'_>) -> Option<SettledBy> {
    let setting = reason.settled_by()?;
    let word = setting.word();
    let place = reason.settled_field().map_or(word.to_owned(), |field| format!("f-{field}"));
    let deed = |value: &&'static str| {
        let chosen = SettingValue::parse(word, value)?;
        let is_set = chosen.set(settling.rules.clone()) == *settling.rules;
        let words = match (settling.may_be_read_again, is_set) {
            (true, false) => format!("{} and read this file again", chosen.deed()),
            // It was set after the file was read.
            (true, true) => format!("{} (set): read this file again", chosen.deed()),
            (false, false) => format!("{} in files to come", chosen.deed()),
            (false, true) => return None,
        };
        let href = format!("{here}/columns?setting={word}&value={value}#{word}");
        Some(SettingButton { setting: word, value, words, href })
    };
    let deeds = reason.open_values().iter().filter_map(deed).collect();
    Some(SettledBy { href: format!("{here}/columns#{place}"), deeds })
}

fn count_line(here: &str, count: &ProblemCount, settled: Option<SettledBy>) -> CountLine {
    CountLine {
        href: format!("{here}?reason={}#problems", count.reason.code()),
        column: count.column.clone().unwrap_or_default(),
        message: format::capital(&count.reason.to_string()),
        advice: format::capital(count.reason.advice()),
        count: format::count(count.count),
        came_of_it: RowFate::new(count.level, count.reason),
        settled,
    }
}

fn problem_line(upload: &Upload, here: &str, problem: Problem) -> ProblemLine {
    let line = problem.line.filter(|_| upload.removed_at.is_none());
    ProblemLine {
        href: line.map(|line| {
            let column = problem.column.as_deref().unwrap_or_default();
            let query = form_urlencoded::Serializer::new(String::new())
                .append_pair("column", column)
                .finish();
            format!("{here}/lines/{line}?{query}")
        }),
        line: problem.line.map(format::count).unwrap_or_default(),
        column: problem.column.unwrap_or_default(),
        value: problem.value.unwrap_or_default(),
        message: format::capital(&problem.reason.to_string()),
        advice: problem.reason.advice(),
        came_of_it: RowFate::new(problem.level, problem.reason),
    }
}
