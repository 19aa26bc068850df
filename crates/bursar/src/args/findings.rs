//! `bursar findings …`, as typed.

use std::path::PathBuf;

use api::{FindingSort, Include};
use clap::{Args, Subcommand, ValueEnum};
use domain::finding::{FindingState, Lane};
use domain::{Amount, FindingKey, RunId, VerdictId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::keyword::keyword;
use super::{ServerArgs, WaitArgs};

/// Left out, among the others, or alone.
const INCLUDE: [&str; 3] = ["true", "false", "only"];

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct FindingsArgs {
    #[command(subcommand)]
    pub command: Option<FindingsCommand>,
    #[command(flatten)]
    pub filter: FilterArgs,
    /// How many
    #[arg(long, default_value_t = domain::page::PAGE_SIZE_DEFAULT,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(domain::page::PAGE_SIZE_MAX)))]
    pub limit: u32,
    /// Those that follow this one
    #[arg(long, value_name = "KEY", conflicts_with = "all")]
    pub after: Option<FindingKey>,
    /// All of them, not a page
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    pub server: ServerArgs,
}

#[derive(Debug, Subcommand)]
pub enum FindingsCommand {
    /// Explain one finding: its rows side by side, why, what would make it legitimate, what was decided
    Show {
        key: FindingKey,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Decide what findings are: one verdict on all that are named
    Decide(DecideArgs),
    /// Let a verdict count that somebody else proposed, where it takes two people
    Confirm {
        key: FindingKey,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Take the last verdict back: the findings are as they were before
    Undo {
        #[arg(required = true, value_name = "KEY")]
        keys: Vec<FindingKey>,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Say who works on findings
    Assign {
        #[arg(required = true, value_name = "KEY")]
        keys: Vec<FindingKey>,
        /// Who [default: nobody]
        #[arg(long, value_name = "NAME")]
        to: Option<String>,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Say something about a finding
    Comment {
        key: FindingKey,
        text: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Write findings to a file: .csv, .xlsx or .parquet
    Export {
        file: PathBuf,
        #[command(flatten)]
        filter: FilterArgs,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// List the runs of the checks, or follow the newest to its end
    Runs {
        #[command(flatten)]
        runs: RunsArgs,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// List the verdicts that later runs are told of, or end one early
    Verdicts {
        /// End this one; its finding keeps it
        #[arg(long, value_name = "VERDICT")]
        end: Option<VerdictId>,
        #[command(flatten)]
        server: ServerArgs,
    },
}

/// The run to follow or ask for, and whether to wait.
#[derive(Debug, Clone, Copy, Args)]
pub struct RunsArgs {
    /// Ask for a run first
    #[arg(long)]
    pub new: bool,
    #[command(flatten)]
    pub wait: WaitArgs,
}

/// The filter of a list of findings.
#[derive(Debug, Clone, Default, Args)]
pub struct FilterArgs {
    /// What can be done: `stop_payment`, `recover`, `fraud_signs` or `look_into`
    #[arg(long, value_name = "LANE", value_parser = keyword::<Lane>(Lane::ALL.map(Lane::as_str)), help_heading = "Which")]
    pub lane: Option<Lane>,
    /// Of this check, such as `duplicate_invoices`
    #[arg(long, value_name = "CHECK", help_heading = "Which")]
    pub check: Option<String>,
    /// Of this kind, such as `misread_character`
    #[arg(long, value_name = "KIND", help_heading = "Which")]
    pub kind: Option<String>,
    /// open, duplicate, `not_duplicate` or `needs_information`
    #[arg(long, value_name = "STATE", help_heading = "Which")]
    pub state: Option<FindingState>,
    /// Somebody works on them; "" is nobody
    #[arg(long, value_name = "NAME", help_heading = "Which")]
    pub assignee: Option<String>,
    /// Text of the title or of the supplier
    #[arg(long, value_name = "TEXT", help_heading = "Which")]
    pub supplier: Option<String>,
    /// At least so probable, from 0 to 1
    #[arg(long, value_name = "P", value_parser = share, help_heading = "Which")]
    pub min_probability: Option<f64>,
    /// At least so much at risk, such as 1000 or 4310.00
    #[arg(long, value_name = "AMOUNT", help_heading = "Which")]
    pub min_amount: Option<Amount>,
    /// First found by this run
    #[arg(long, value_name = "RUN", help_heading = "Which")]
    pub run: Option<RunId>,
    /// What looked like a finding and why it is none: true (as well) or only
    #[arg(long, value_name = "true|only", value_parser = keyword::<Include>(INCLUDE), help_heading = "Which")]
    pub suppressed: Option<Include>,
    /// What the last run did not find any more: true (as well) or only
    #[arg(long, value_name = "true|only", value_parser = keyword::<Include>(INCLUDE), help_heading = "Which")]
    pub gone: Option<Include>,
    /// Those for which a verdict is proposed and waits for a second person
    #[arg(long, help_heading = "Which")]
    pub proposed: bool,
    /// What comes first: priority, amount, probability or `first_seen`
    #[arg(long, value_parser = keyword::<FindingSort>(["priority", "amount", "probability", "first_seen"]), help_heading = "Which")]
    pub sort: Option<FindingSort>,
}

#[derive(Debug, Args)]
#[group(id = "verdict", required = true, multiple = false,
        args = ["duplicate", "not_duplicate", "needs_information"])]
pub struct DecideArgs {
    #[arg(required = true, value_name = "KEY")]
    pub keys: Vec<FindingKey>,
    /// Confirm: it is what the check looks for
    #[arg(long)]
    pub duplicate: bool,
    /// Dismiss: it is legitimate, or not what the check looks for
    #[arg(long)]
    pub not_duplicate: bool,
    /// Somebody was asked: it waits for the answer
    #[arg(long)]
    pub needs_information: bool,
    /// Why, for whoever asks later
    #[arg(long, value_name = "TEXT")]
    pub because: String,
    /// What came back of the money, with --duplicate
    #[arg(long, value_name = "AMOUNT", conflicts_with_all = ["not_duplicate", "needs_information"])]
    pub recovered: Option<Amount>,
    /// The same amount once more, where it is more than is at risk and right all the same
    #[arg(long, value_name = "AMOUNT", requires = "recovered")]
    pub above: Option<Amount>,
    /// Tell later runs, with --not-duplicate: of these rows, or of this supplier and pattern
    #[arg(long, value_name = "rows|pattern", conflicts_with_all = ["duplicate", "needs_information"])]
    pub remember: Option<RememberKeyword>,
    /// Until that day, as 2027-03-31 [default: for ever]
    #[arg(long, value_name = "DATE", requires = "remember", value_parser = end_of_day)]
    pub until: Option<Timestamp>,
    #[command(flatten)]
    pub server: ServerArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RememberKeyword {
    Rows,
    Pattern,
}

impl DecideArgs {
    /// One of the three is there.
    pub fn state(&self) -> FindingState {
        match (self.duplicate, self.not_duplicate) {
            (true, _) => FindingState::Confirmed,
            (_, true) => FindingState::Dismissed,
            _ => FindingState::NeedsInformation,
        }
    }
}

fn share(text: &str) -> Result<f64, &'static str> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or("write a number from 0 to 1, such as 0.8")
}

/// The day named is still within.
fn end_of_day(text: &str) -> Result<Timestamp, &'static str> {
    let advice = "write a day as 2027-03-31";
    let day: Date = text.parse().map_err(|_no_day| advice)?;
    let next = day.tomorrow().map_err(|_beyond_time| advice)?;
    TimeZone::UTC.to_timestamp(next.at(0, 0, 0, 0)).map_err(|_beyond_time| advice)
}
