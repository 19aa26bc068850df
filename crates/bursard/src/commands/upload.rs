//! `bursard upload list|show|problems|release|refuse|read-again|remove`
//!
//! Not for: the uploader's own view, which is `bursar uploads`.
//! Invariant: nothing is decided about an upload that is not in the state the command is for.

use std::process::ExitCode;

use anyhow::Context as _;
use api::Receipt;
use domain::hold::Replacement;
use domain::page::{Page, PageSize};
use domain::{
    HoldReason, JobId, Problem, Remedy, RowCounts, UnitName, Upload, UploadId, UploadState,
};
use store::{CustomerStore, Store};

use crate::cli::{EXIT_FOUND_BAD, Format, Removal, Settings, UnitArgs, UploadArgs, UploadCommand};
use crate::deployment::Deployment;
use crate::output;
use crate::system;

pub(super) async fn run(settings: &Settings, command: UploadCommand) -> anyhow::Result<ExitCode> {
    let store = Deployment::open(settings).await?.store;
    match command {
        UploadCommand::List { place, limit, after, format } => {
            let size = PageSize::try_from(limit)?;
            let customer = store.customer(&place.customer);
            let page = customer.uploads(&place.unit(), size, after).await;
            let page = page.with_context(|| {
                format!("cannot list the uploads of {} unit {}", place.customer, place.unit())
            })?;
            if format.json {
                output::json(&page.map(Receipt::from));
            } else {
                table(&page, &place);
            }
        }
        UploadCommand::Show { upload, format } => {
            let Some(found) = find(&store, &upload).await? else { return Ok(not_found(&upload)) };
            let because = store.customer(&found.customer).why_unread(&found.unit, found.id).await?;
            if format.json {
                output::json(&Receipt::from(found).waiting(because));
            } else {
                show(&found);
                if let Some(why) = because {
                    output::line(format_args!("{:<13} {why}", "waits because"));
                    output::note("it is tried again by itself; bursard doctor says what to do");
                }
            }
        }
        UploadCommand::Problems { upload, format } => {
            let Some(found) = find(&store, &upload).await? else { return Ok(not_found(&upload)) };
            problems(&store.customer(&found.customer), &found, format).await?;
        }
        UploadCommand::Release { upload } => return release(&store, &upload).await,
        UploadCommand::Refuse { upload, reason } => return refuse(&store, &upload, &reason).await,
        UploadCommand::ReadAgain { upload } => return read_again(&store, &upload).await,
        UploadCommand::Remove { upload, removal } => {
            return remove(&store, &upload, removal).await;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn find(store: &Store, args: &UploadArgs) -> anyhow::Result<Option<Upload>> {
    let customer = store.customer(&args.place.customer);
    Ok(customer.upload(&args.place.unit(), args.upload).await?)
}

fn not_found(args: &UploadArgs) -> ExitCode {
    let (customer, unit) = (&args.place.customer, args.place.unit());
    output::note(format_args!(
        "{customer} unit {unit} has no upload {}; list them with: \
         bursard upload list --customer {customer} --unit {unit}",
        args.upload
    ));
    ExitCode::from(EXIT_FOUND_BAD)
}

async fn release(store: &Store, args: &UploadArgs) -> anyhow::Result<ExitCode> {
    let (customer, unit, job) = parts(store, args);
    let decided = customer.release(&unit, args.upload, job, &system::operator()).await;
    report_decision(store, args, decided, "held", "will be read into the ledger in its turn").await
}

async fn refuse(store: &Store, args: &UploadArgs, reason: &str) -> anyhow::Result<ExitCode> {
    let (customer, unit, _no_job) = parts(store, args);
    let decided = customer.refuse_held(&unit, args.upload, reason, &system::operator()).await;
    report_decision(store, args, decided, "held", "is refused; the ledger stays as it is").await
}

async fn read_again(store: &Store, args: &UploadArgs) -> anyhow::Result<ExitCode> {
    let (customer, unit, job) = parts(store, args);
    let decided = customer.read_again(&unit, args.upload, job, &system::operator()).await;
    report_decision(store, args, decided, "refused or held", "will be read again in its turn").await
}

async fn remove(store: &Store, args: &UploadArgs, removal: Removal) -> anyhow::Result<ExitCode> {
    let Some(found) = find(store, args).await? else { return Ok(not_found(args)) };
    let (customer, unit, _no_job) = parts(store, args);
    if removal.yes {
        customer
            .erase_upload(&unit, args.upload, &system::operator())
            .await
            .with_context(|| format!("{} was not removed", args.upload))?;
    }
    let kept_rows = match &found.state {
        UploadState::Read { rows, .. } => rows.rows_read,
        _ => 0,
    };
    if removal.format.json {
        output::json(&serde_json::json!({
            "removed": removal.yes, "uploadId": args.upload, "bytes": found.bytes,
            "rowsInLedger": kept_rows,
        }));
        return Ok(ExitCode::SUCCESS);
    }
    let verb = if removal.yes { "removed" } else { "would remove" };
    output::line(format_args!(
        "{verb} the file of {} ({} bytes) and the cells that its problems show",
        args.upload, found.bytes
    ));
    if kept_rows > 0 {
        output::note(format_args!(
            "{kept_rows} rows of it stay in the ledger, and findings that show them: they go with the unit, or \
             when a newer file replaces them and the ledger's earlier versions end."
        ));
    }
    if !removal.yes {
        output::note("Nothing was removed. To remove it, add --yes.");
    }
    Ok(ExitCode::SUCCESS)
}

fn parts(store: &Store, args: &UploadArgs) -> (CustomerStore, UnitName, JobId) {
    let job = JobId::new(system::now(), system::randomness().bytes());
    (store.customer(&args.place.customer), args.place.unit(), job)
}

/// Says what was decided, or why nothing could be.
async fn report_decision(
    store: &Store,
    args: &UploadArgs,
    decided: Result<Upload, store::Error>,
    wanted: &str,
    done: &str,
) -> anyhow::Result<ExitCode> {
    match decided {
        Ok(upload) => {
            output::line(format_args!("{} {done}", upload.id));
            Ok(ExitCode::SUCCESS)
        }
        Err(store::Error::NotFound { .. }) => Ok(not_found(args)),
        Err(store::Error::Conflict { .. }) => {
            let Some(upload) = find(store, args).await? else { return Ok(not_found(args)) };
            output::note(format_args!(
                "{} is {}, and this is for uploads that are {wanted}; nothing was changed",
                upload.id,
                upload.state.word()
            ));
            Ok(ExitCode::from(EXIT_FOUND_BAD))
        }
        Err(error) => Err(error.into()),
    }
}

fn table(page: &Page<Upload, UploadId>, place: &UnitArgs) {
    if page.items.is_empty() {
        output::note("nothing has arrived for this unit");
        return;
    }
    output::line(format_args!(
        "{:<30}  {:<17}  {:<9}  {:<8}  {:>12}  NAME",
        "UPLOAD", "RECEIVED", "TYPE", "STATUS", "BYTES"
    ));
    for upload in &page.items {
        output::line(format_args!(
            "{:<30}  {:<17}  {:<9}  {:<8}  {:>12}  {}",
            upload.id.to_string(),
            output::minute(upload.received_at),
            upload.file_type.as_str(),
            upload.state.word(),
            upload.bytes,
            upload.file_name,
        ));
    }
    if let Some(next) = page.next {
        output::note(format_args!(
            "there are more: bursard upload list --customer {} --unit {} --after {next}",
            place.customer,
            place.unit()
        ));
    }
}

fn show(upload: &Upload) {
    let fact = |noun: &str, value: &dyn std::fmt::Display| {
        output::line(format_args!("{noun:<13} {value}"));
    };
    fact("upload", &upload.id);
    fact("of", &format_args!("{} unit {}", upload.customer, upload.unit));
    fact("file", &format_args!("{} ({})", upload.file_name, upload.file_type));
    fact("bytes", &upload.bytes);
    fact("sha256", &upload.sha256);
    fact("received", &format_args!("{} from {}", upload.received_at, upload.sender));
    if let Some(released) = upload.released_at {
        fact("released", &released);
    }
    if let Some(removed) = upload.removed_at {
        fact("file removed", &removed);
    }
    fact("status", &upload.state.word());
    match &upload.state {
        UploadState::Received => {}
        UploadState::Reading { since } => fact("since", since),
        UploadState::Read { at, ledger_version, rows } => {
            fact("read", &format_args!("{at}, ledger version {ledger_version}"));
            counts(rows);
        }
        UploadState::Held { at, rows, reason } => {
            fact("held", at);
            counts(rows);
            hold(upload, rows, reason);
            output::note(format_args!(
                "decide with: bursard upload release|refuse {} --customer {} --unit {}",
                upload.id, upload.customer, upload.unit
            ));
        }
        UploadState::Refused { at, reason, remedy } => {
            fact("refused", at);
            fact("reason", reason);
            if let Some(advice) = remedy.and_then(|remedy| advice(remedy, upload)) {
                output::note(format_args!("{advice}"));
            }
        }
    }
}

/// The advice to an operator on a refused file; none where only its sender can do something.
fn advice(remedy: Remedy, upload: &Upload) -> Option<String> {
    let place = format!("--customer {} --unit {}", upload.customer, upload.unit);
    let set = |flags: &str| {
        format!("bursard reading-rules set {place} --type {} {flags}", upload.file_type)
    };
    let first = match remedy {
        Remedy::MendExtract | Remedy::Nothing => return None,
        Remedy::MapColumns | Remedy::MendMapping => set("--mapping FILE"),
        Remedy::BuildIdentifier => format!(
            "{} with unique_id = [\"…\", \"…\"] below [fields], where no column alone is one",
            set("--mapping FILE")
        ),
        Remedy::ChooseSheet => set("--sheet NAME"),
        Remedy::ChooseEncoding => set("--encoding NAME"),
        Remedy::ReadAgain => "what the server's log says".to_owned(),
    };
    Some(format!("see to: {first}; then: bursard upload read-again {} {place}", upload.id))
}

/// Why it is held, and for reused identifiers rows side by side. An operator sees them as they are.
fn hold(upload: &Upload, rows: &RowCounts, reason: &HoldReason) {
    let nouns = upload.file_type.spec().words.many;
    output::line(format_args!("{:<13} {}", "because", reason.explain(rows, nouns)));
    if let HoldReason::ReusedIdentifiers { reused_identifiers } = reason {
        for line in reused_identifiers.examples.iter().flat_map(Replacement::to_lines) {
            output::line(format_args!("{:<13} {line}", ""));
        }
    }
}

fn counts(rows: &RowCounts) {
    for (noun, count) in [
        ("rows read", rows.rows_read),
        ("set aside", rows.rows_set_aside),
        ("no rows", rows.non_rows),
        ("replaced", rows.rows_replaced),
        ("made inactive", rows.made_inactive),
    ] {
        output::line(format_args!("{noun:<13} {count}"));
    }
}

async fn problems(store: &CustomerStore, upload: &Upload, format: Format) -> anyhow::Result<()> {
    let counts = store.problem_counts(&upload.unit, upload.id).await?;
    let size = PageSize::try_from(domain::page::PAGE_SIZE_MAX)?;
    let (mut kept, mut after) = (Vec::new(), None);
    loop {
        let page = store.problems(&upload.unit, upload.id, size, after).await?;
        kept.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    if format.json {
        output::json(&api::UploadProblems::new(kept, counts));
        return Ok(());
    }
    kept.iter().for_each(problem);
    let total: u64 = counts.iter().map(|count| count.count).sum();
    if total > kept.len() as u64 {
        output::note(format_args!("{total} in all; of each kind the first are kept:"));
        for count in &counts {
            let column = count.column.as_deref().unwrap_or("(the file)");
            output::note(format_args!("{:>9} × {column}: {}", count.count, count.reason));
        }
    } else if let (0, UploadState::Refused { reason, .. }) = (total, &upload.state) {
        output::note(format_args!("no row is listed; the whole file was refused: {reason}"));
    } else if total == 0 {
        output::note("no problems");
    }
    Ok(())
}

fn problem(problem: &Problem) {
    let line = problem.line.map_or_else(String::new, |line| format!("line {line}  "));
    // Of a stranger's file: escaped, so that it moves no cursor.
    let column = problem
        .column
        .as_ref()
        .map_or_else(String::new, |column| format!("{}  ", column.escape_debug()));
    let value = problem.value.as_ref().map_or_else(String::new, |value| format!("{value:?}  "));
    output::line(format_args!(
        "{line}{column}{value}{}; {}",
        problem.reason,
        problem.reason.advice()
    ));
}
