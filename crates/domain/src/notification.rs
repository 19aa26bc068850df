//! Notifications: the events that people and webhooks are told of, and when each person wants to be told.
//!
//! Not for: who is told, or the way by which (`server`).
//!
//! Invariant: an event names findings, money and people who work here; never a supplier, an account or what
//! somebody wrote, as it leaves the server.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::amount::{Amount, Money};
use crate::digits::counted;
use crate::enum_words::enum_words;
use crate::file_type::FileType;
use crate::finding::FindingKey;
use crate::id::RunId;
use crate::user::MemberRole;

/// The kind of an event, which a person or a webhook chooses.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    /// A run found something new above an amount.
    NewFindings,
    /// A finding was given to somebody.
    Assigned,
    /// Somebody was named in a comment, or in the reason of a decision.
    Mentioned,
    /// Something that waits is due today or tomorrow.
    DueSoon,
    /// The day of something that waits is over.
    Overdue,
    /// A file type of a unit was sent nothing for days.
    FeedSilent,
    RunFailed,
    /// Invoices are not to be paid from now on.
    HoldAdded,
    /// Invoices that were held may be paid again.
    HoldLifted,
}

/// When somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    Off,
    AtOnce,
    /// With all else of a day.
    Daily,
}

/// When a person is told of what, as far as they have chosen; the rest is as usual for their role.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NotificationSettings {
    pub timings: BTreeMap<NotificationKind, Timing>,
    /// New findings are worth a letter from this amount on, in whatever currency; none: from any.
    pub above: Option<Amount>,
}

impl NotificationSettings {
    /// No e-mail at all.
    pub fn silent() -> Self {
        let timings = NotificationKind::ALL.map(|kind| (kind, Timing::Off)).into();
        Self { timings, above: None }
    }

    /// Of what is due soon, whoever has chosen nothing is told as of what is overdue: nobody who wants none
    /// of the one wants the other.
    pub fn timing(&self, kind: NotificationKind, role: MemberRole) -> Timing {
        let chosen = self.timings.get(&kind).or_else(|| match kind {
            NotificationKind::DueSoon => self.timings.get(&NotificationKind::Overdue),
            _ => None,
        });
        chosen.copied().unwrap_or_else(|| kind.usual_timing(role))
    }
}

/// Text that is no kind of notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a kind of notification: new_findings, assigned, mentioned, due_soon, overdue, feed_silent, run_failed, \
     hold_added or hold_lifted"
)]
pub struct InvalidNotificationKind;

/// Text that is no time at which a notification is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a time: off, at_once or daily")]
pub struct InvalidTiming;

/// Something that happened in a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum NotificationEvent {
    NewFindings {
        run: RunId,
        findings: u64,
        /// The largest amount among them.
        most: Option<Money>,
        /// Set where only those are counted whose money reaches it.
        above: Option<Amount>,
    },
    Assigned {
        finding: FindingKey,
        money: Option<Money>,
        by: String,
    },
    Mentioned {
        finding: FindingKey,
        money: Option<Money>,
        by: String,
    },
    DueSoon {
        finding: FindingKey,
        money: Option<Money>,
        due: Date,
    },
    Overdue {
        finding: FindingKey,
        money: Option<Money>,
        due: Date,
    },
    FeedSilent {
        file_type: FileType,
        since: Timestamp,
    },
    RunFailed {
        run: RunId,
    },
    HoldAdded {
        invoices: u64,
        /// Whoever asks for the changes of the list behind this one is told of these invoices.
        since: u64,
        /// The last change of them.
        upto: u64,
        by: String,
    },
    HoldLifted {
        invoices: u64,
        since: u64,
        upto: u64,
        by: String,
    },
}

enum_words! {
    NotificationKind or InvalidNotificationKind;
    NewFindings = "new_findings",
    Assigned = "assigned",
    Mentioned = "mentioned",
    DueSoon = "due_soon",
    Overdue = "overdue",
    FeedSilent = "feed_silent",
    RunFailed = "run_failed",
    HoldAdded = "hold_added",
    HoldLifted = "hold_lifted",
}

impl NotificationKind {
    /// The words for it where it is chosen.
    pub const fn title(self) -> &'static str {
        match self {
            Self::NewFindings => "New findings above an amount",
            Self::Assigned => "A finding is given to me",
            Self::Mentioned => "Somebody names me in a comment or a reason",
            Self::DueSoon => "Something that waits is due today or tomorrow",
            Self::Overdue => "The day of something that waits is over",
            Self::FeedSilent => "No files have come for days",
            Self::RunFailed => "A run of the checks failed",
            Self::HoldAdded => "Payments are put on hold",
            Self::HoldLifted => "Payments on hold may be made again",
        }
    }

    /// The type of the event in the body of a webhook.
    pub const fn event_type(self) -> &'static str {
        match self {
            Self::NewFindings => "findings.new",
            Self::Assigned => "finding.assigned",
            Self::Mentioned => "finding.mentioned",
            Self::DueSoon => "finding.due_soon",
            Self::Overdue => "finding.overdue",
            Self::FeedSilent => "feed.silent",
            Self::RunFailed => "run.failed",
            Self::HoldAdded => "hold.added",
            Self::HoldLifted => "hold.lifted",
        }
    }

    /// The time at which somebody of a role is told of it while they have not chosen another.
    pub const fn usual_timing(self, role: MemberRole) -> Timing {
        match self {
            Self::Assigned | Self::Mentioned => Timing::AtOnce,
            Self::DueSoon | Self::Overdue if role.may_decide() => Timing::Daily,
            Self::FeedSilent | Self::RunFailed if role.may_set_up() => Timing::AtOnce,
            _ => Timing::Off,
        }
    }
}

enum_words! {
    Timing or InvalidTiming;
    AtOnce = "at_once",
    Daily = "daily",
    Off = "off",
}

impl Timing {
    pub const fn title(self) -> &'static str {
        match self {
            Self::Off => "Never",
            Self::AtOnce => "At once",
            Self::Daily => "Once a day",
        }
    }
}

impl NotificationEvent {
    pub const fn kind(&self) -> NotificationKind {
        match self {
            Self::NewFindings { .. } => NotificationKind::NewFindings,
            Self::Assigned { .. } => NotificationKind::Assigned,
            Self::Mentioned { .. } => NotificationKind::Mentioned,
            Self::DueSoon { .. } => NotificationKind::DueSoon,
            Self::Overdue { .. } => NotificationKind::Overdue,
            Self::FeedSilent { .. } => NotificationKind::FeedSilent,
            Self::RunFailed { .. } => NotificationKind::RunFailed,
            Self::HoldAdded { .. } => NotificationKind::HoldAdded,
            Self::HoldLifted { .. } => NotificationKind::HoldLifted,
        }
    }

    /// The sentence for people; `unit` is what they call the unit.
    pub fn sentence(&self, unit: &str) -> String {
        match self {
            Self::NewFindings { findings, most, above, .. } => {
                let found = counted(*findings, "new finding", "new findings");
                let currency = most.as_ref().and_then(|most| most.currency.as_deref());
                let above = above.map(|above| format!(" of {} or more", above.written(currency)));
                let most = of_money(most.as_ref(), ", the largest ");
                format!("{found}{} in {unit}{most}", above.unwrap_or_default())
            }
            Self::Assigned { money, by, .. } => {
                format!("{by} gave you a finding in {unit}{}", of_money(money.as_ref(), ": "))
            }
            Self::Mentioned { money, by, .. } => {
                let money = of_money(money.as_ref(), " about ");
                format!("{by} named you at a finding in {unit}{money}")
            }
            Self::DueSoon { money, due, .. } => {
                let money = of_money(money.as_ref(), ": ");
                format!("An answer is due in {unit} on {}{money}", written_day(*due))
            }
            Self::Overdue { money, due, .. } => {
                let money = of_money(money.as_ref(), ": ");
                format!("An answer was due in {unit} on {}{money}", written_day(*due))
            }
            Self::FeedSilent { file_type, since } => {
                let since = TimeZone::UTC.to_datetime(*since).date();
                format!("No file of {file_type} has come for {unit} since {}", written_day(since))
            }
            Self::RunFailed { .. } => format!("A run of the checks of {unit} failed"),
            Self::HoldAdded { invoices, by, .. } => {
                let invoices = counted(*invoices, "invoice", "invoices");
                format!("{by} put the payment of {invoices} in {unit} on hold")
            }
            Self::HoldLifted { invoices, by, .. } => {
                let invoices = counted(*invoices, "invoice", "invoices");
                format!("{by} let {invoices} in {unit} be paid again")
            }
        }
    }

    /// The sentence where many read it, who are not the one it is for.
    pub fn sentence_for_others(&self, unit: &str) -> String {
        match self {
            Self::Assigned { money, by, .. } => {
                format!(
                    "{by} gave a finding in {unit} to somebody{}",
                    of_money(money.as_ref(), ": ")
                )
            }
            Self::Mentioned { money, by, .. } => {
                let money = of_money(money.as_ref(), " about ");
                format!("{by} named somebody at a finding in {unit}{money}")
            }
            _ => self.sentence(unit),
        }
    }

    /// The page that shows it, below the path of its unit.
    pub fn path(&self) -> String {
        match self {
            Self::NewFindings { .. } => "findings".to_owned(),
            Self::Assigned { finding, .. }
            | Self::Mentioned { finding, .. }
            | Self::DueSoon { finding, .. }
            | Self::Overdue { finding, .. } => format!("findings/{finding}"),
            Self::FeedSilent { .. } => "uploads".to_owned(),
            Self::RunFailed { .. } => "overview".to_owned(),
            Self::HoldAdded { .. } => "holds".to_owned(),
            Self::HoldLifted { .. } => "holds?state=lifted".to_owned(),
        }
    }
}

fn of_money(money: Option<&Money>, before: &str) -> String {
    money.map_or_else(String::new, |money| format!("{before}{}", money.written()))
}

fn written_day(day: Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

impl fmt::Display for NotificationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
