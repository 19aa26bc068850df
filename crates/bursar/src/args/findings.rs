//! `bursar findings …`, as typed.

use std::path::PathBuf;

use api::{FindingSort, Include};
use clap::{Args, Subcommand, ValueEnum};
use domain::finding::{FindingState, Lane, ReasonCode};
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
    /// How many to list at most
    #[arg(long, default_value_t = domain::page::PAGE_SIZE_DEFAULT,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(domain::page::PAGE_SIZE_MAX)))]
    pub limit: u32,
    /// Start after this one: the last of the page before
    #[arg(long, value_name = "KEY", conflicts_with = "all")]
    pub after: Option<FindingKey>,
    /// List all of them, not only one page
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    pub server: ServerArgs,
}

#[derive(Debug, Subcommand)]
pub enum FindingsCommand {
    /// Explain one finding: its rows side by side, why, what would make it legitimate, what was decided
    Show {
        /// Key of the finding
        key: FindingKey,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Give one verdict on all findings that are named
    Decide(DecideArgs),
    /// Confirm, as the second person, a verdict that somebody else proposed
    Confirm {
        /// Key of the finding
        key: FindingKey,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Take the last verdict back, so that the findings are as they were before it
    Undo {
        /// Keys of the findings
        #[arg(required = true, value_name = "KEY")]
        keys: Vec<FindingKey>,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Assign findings to somebody, or to nobody
    Assign {
        /// Keys of the findings
        #[arg(required = true, value_name = "KEY")]
        keys: Vec<FindingKey>,
        /// Who is to work on them, by e-mail address [default: nobody]
        #[arg(long, value_name = "NAME")]
        to: Option<String>,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Add a comment to a finding
    Comment {
        /// Key of the finding
        key: FindingKey,
        /// The comment
        text: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// What is open in sums, by what can be done about it, as on the overview and over the queue
    Totals {
        #[command(flatten)]
        filter: FilterArgs,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Write findings to a file: .csv, .xlsx, .parquet, or .zip with the files beside them
    Export {
        /// The file to write
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
    /// List the verdicts that are remembered for later runs, or end one early
    Verdicts {
        /// End this one, so that later runs no longer go by it; its finding keeps it
        #[arg(long, value_name = "VERDICT")]
        end: Option<VerdictId>,
        #[command(flatten)]
        server: ServerArgs,
    },
}

/// The run to follow or ask for, and whether to wait.
#[derive(Debug, Clone, Copy, Args)]
pub struct RunsArgs {
    /// Ask for a new run first
    #[arg(long)]
    pub new: bool,
    #[command(flatten)]
    pub wait: WaitArgs,
}

/// The filter of a list of findings.
#[derive(Debug, Clone, Default, Args)]
pub struct FilterArgs {
    /// Only findings of this lane: what can be done about them
    #[arg(long, value_name = "LANE", value_parser = keyword::<Lane>(Lane::ALL.map(Lane::as_str)), help_heading = "Which")]
    pub lane: Option<Lane>,
    /// Only findings of this check, such as `duplicate_invoices`
    #[arg(long, value_name = "CHECK", help_heading = "Which")]
    pub check: Option<String>,
    /// Only findings of this kind, such as `misread_character`
    #[arg(long, value_name = "KIND", help_heading = "Which")]
    pub kind: Option<String>,
    /// Only findings in this state: `open`, `duplicate` (confirmed), `not_duplicate` (dismissed) or
    /// `needs_information`
    #[arg(long, value_name = "STATE", help_heading = "Which")]
    pub state: Option<FindingState>,
    /// Only findings assigned to this address; "" for those assigned to nobody
    #[arg(long, value_name = "NAME", help_heading = "Which")]
    pub assignee: Option<String>,
    /// Only findings with this text in their title or in the supplier's name
    #[arg(long, value_name = "TEXT", help_heading = "Which")]
    pub supplier: Option<String>,
    /// Only findings at least so probable, from 0 to 1
    #[arg(long, value_name = "P", value_parser = share, help_heading = "Which")]
    pub min_probability: Option<f64>,
    /// Only findings with at least so much at risk, such as 1000 or 4310.00
    #[arg(long, value_name = "AMOUNT", help_heading = "Which")]
    pub min_amount: Option<Amount>,
    /// Only findings that this run was the first to find
    #[arg(long, value_name = "RUN", help_heading = "Which")]
    pub run: Option<RunId>,
    /// What looks like a finding and is explained by what is usual: `true` lists it with the others, `only`
    /// nothing else
    #[arg(long, value_name = "true|only", value_parser = keyword::<Include>(INCLUDE), help_heading = "Which")]
    pub suppressed: Option<Include>,
    /// Findings that the last run no longer found: `true` lists them with the others, `only` nothing else
    #[arg(long, value_name = "true|only", value_parser = keyword::<Include>(INCLUDE), help_heading = "Which")]
    pub gone: Option<Include>,
    /// Only findings with a proposed verdict that waits for a second person
    #[arg(long, help_heading = "Which")]
    pub proposed: bool,
    /// What comes first [default: priority, by lane and then the gravest]
    #[arg(long, value_parser = keyword::<FindingSort>(["priority", "amount", "probability", "first_seen", "due", "payment_due"]), help_heading = "Which")]
    pub sort: Option<FindingSort>,
}

#[derive(Debug, Args)]
#[group(id = "verdict", required = true, multiple = false,
        args = ["duplicate", "not_duplicate", "needs_information"])]
pub struct DecideArgs {
    /// Keys of the findings
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
    /// The reason, for whoever asks later; may be left out with --reason-code
    #[arg(long, value_name = "TEXT", required_unless_present = "reason_code")]
    pub because: Option<String>,
    /// The code of a reason that the organisation has for this verdict
    #[arg(long, value_name = "CODE")]
    pub reason_code: Option<ReasonCode>,
    /// The money that came back, with --duplicate
    #[arg(long, value_name = "AMOUNT", conflicts_with_all = ["not_duplicate", "needs_information"])]
    pub recovered: Option<Amount>,
    /// Repeat the `--recovered` amount, to confirm that it exceeds what is at risk
    #[arg(long, value_name = "AMOUNT", requires = "recovered")]
    pub above: Option<Amount>,
    /// Remember the verdict for later runs, with --not-duplicate: for these rows, or for all findings of this
    /// pattern at the supplier
    #[arg(long, value_name = "rows|pattern", conflicts_with_all = ["duplicate", "needs_information"])]
    pub remember: Option<RememberKeyword>,
    /// Remember it up to and including this day, such as 2027-03-31 [default: for ever]
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
