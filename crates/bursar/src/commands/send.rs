//! `bursar send`: each file named, typed, noted in the outbox, sent, and told of.
//!
//! Not for: the request itself (`delivery`).
//!
//! Invariant: a file is in the outbox before its first byte leaves, and what is told of it is what the
//! outbox says.

use std::path::{Path, PathBuf};

use futures_util::StreamExt as _;

use crate::args::SendArgs;
use crate::commands::outbox;
use crate::commands::uploads::{Asker, Follower, follow_subject};
use crate::explain::explain_source;
use crate::journal::{Addressed, Admission, Entry, Journal, Kept, Offer, Repeat, State};
use crate::net::answer::{ReceivedReceipt, Sent};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::{Output, Voice};
use crate::source::Pace;
use crate::system::Machine;
use crate::transfer::delivery::{Courier, Delivery, Parcel};
use crate::transfer::plan::{Route, SendPlan, resolve};

mod pack;
mod report;

use pack::Packed;
pub use report::size;
use report::{Report, Success};

/// Everything a sending needs before it looks at a file.
struct Ready {
    route: Route,
    plan: SendPlan,
    /// None on a dry run, which leaves no trace.
    journal: Option<Journal>,
    pace: Option<Pace>,
    config: Option<PathBuf>,
    profile: Option<String>,
    repeat: Repeat,
}

/// Sends the files, as many at a time as was asked for.
pub async fn run(args: &SendArgs, machine: &Machine) -> ExitCode {
    let output = Output::new(Voice::of(args.voice), machine);
    if args.files.is_empty() {
        let failure = Failure::new(
            ExitCode::NothingToSend,
            "no file is named",
            "Name the files: bursar send invoices.csv. If a pattern such as *.csv stood there, nothing \
             matched it.",
        );
        output.failure("nothing to send", &failure);
        return failure.exit;
    }
    let ready = match prepare(args, machine, &output).await {
        Ok(ready) => ready,
        Err(failure) => {
            output.failure("not sent", &failure);
            for file in &args.files {
                let mut report = Report::new(file);
                report.failed(&failure);
                output.json(&report.into_json());
            }
            return failure.exit;
        }
    };
    let sender = Sender { ready: &ready, machine, output: &output };
    let told: Vec<(ExitCode, bool)> = futures_util::stream::iter(&args.files)
        .map(|file| sender.send_and_tell(file))
        .buffer_unordered(usize::from(args.haste.parallel))
        .collect()
        .await;
    let codes: Vec<ExitCode> = told.iter().map(|(code, _)| *code).collect();
    if codes.len() > 1 {
        let sent = told.iter().filter(|(_, is_sent)| *is_sent).count();
        output.note(&format!("{sent} of {} files sent", codes.len()));
    }
    ExitCode::of_all(&codes)
}

async fn prepare(args: &SendArgs, machine: &Machine, output: &Output) -> Result<Ready, Failure> {
    let resolved = resolve(args.settings.clone(), &args.profile, machine)?;
    let plan = SendPlan::of(args, &resolved.settings)?;
    let route = resolved.route(&args.profile, machine, output).await?;
    let journal = if plan.is_dry_run {
        None
    } else {
        Some(outbox::open(&args.outbox, &args.profile, machine).await?)
    };
    Ok(Ready {
        route,
        plan,
        journal,
        pace: args.haste.limit_rate.map(Pace::new),
        config: args.profile.config.as_deref().and_then(|path| std::path::absolute(path).ok()),
        profile: args.profile.profile.clone(),
        repeat: if args.again { Repeat::Asked } else { Repeat::Never },
    })
}

struct Sender<'a> {
    ready: &'a Ready,
    machine: &'a Machine,
    output: &'a Output,
}

impl Sender<'_> {
    /// How it ended, and whether the file was sent.
    async fn send_and_tell(&self, file: &Path) -> (ExitCode, bool) {
        let mut report = Report::new(file);
        match self.send(file, &mut report).await {
            Ok(success) => {
                self.output.result(&success.in_words());
                report.succeeded(&success);
                let failure = self.follow(&success, &mut report).await;
                if let Some(failure) = &failure {
                    let subject = follow_subject(failure.exit);
                    self.output.failure(&self.subject(file, subject), failure);
                    report.failed(failure);
                }
                self.output.json(&report.into_json());
                let is_sent = !matches!(success, Success::ReceivedBefore { .. });
                (failure.map_or(ExitCode::Ok, |failure| failure.exit), is_sent)
            }
            Err(failure) => {
                self.output.failure(&self.subject(file, "not sent"), &failure);
                report.failed(&failure);
                self.output.json(&report.into_json());
                (failure.exit, false)
            }
        }
    }

    fn subject(&self, file: &Path, what: &str) -> String {
        if self.ready.plan.is_alone {
            what.to_owned()
        } else {
            format!("{}: {what}", file.display())
        }
    }

    /// Waits for the reading, when that was asked for; why it did not come to one, otherwise.
    async fn follow(&self, success: &Success, report: &mut Report) -> Option<Failure> {
        let longest = self.ready.plan.wait?;
        let receipt = match success {
            Success::Received { receipt, .. } | Success::ReceivedBefore { receipt, .. } => receipt,
            Success::Described { .. } => return None,
        };
        let Some(id) = receipt.upload_id() else {
            return Some(Failure::new(
                ExitCode::NotSeenRead,
                "the receipt names no upload that could be followed",
                "The file was received. Only a Bursar server says what came of it; leave --wait out \
                 with the vendor's service.",
            ));
        };
        let route = &self.ready.route;
        let asker = Asker { route, machine: self.machine, output: self.output };
        match (Follower { asker }).to_its_end(id, longest).await {
            Ok(followed) => {
                self.output.result(&followed.in_words());
                report.followed(&followed);
                followed.verdict
            }
            Err(failure) => Some(failure),
        }
    }

    async fn send(&self, file: &Path, report: &mut Report) -> Result<Success, Failure> {
        let packed = self.pack(file, report)?;
        self.check(file, &packed, report)?;
        let url = self.ready.route.link.target.url(&packed.path);
        report.packed(&packed.name, packed.file_type, &url, packed.source.bytes());
        let Some(journal) = &self.ready.journal else {
            return self.describe(&packed, url);
        };
        let wanted = self.addressed(&packed);
        let offer = Offer {
            addressed: &wanted,
            source: &packed.source,
            kept: packed.kept,
            repeat: self.ready.repeat,
        };
        let admitted = journal.admit(&offer, (self.machine.now)()).await?;
        let entry = match admitted {
            Admission::Due(entry) => entry,
            Admission::Received(entry) => {
                discard(&packed, None);
                report.entered(&entry);
                return received_before(&entry);
            }
            Admission::BeingSent(entry) => {
                discard(&packed, None);
                report.entered(&entry);
                return Err(being_sent(&entry));
            }
        };
        discard(&packed, Some(&entry));
        if entry.addressed.name != packed.name {
            let name = &entry.addressed.name;
            self.say(file, report, format!("goes on under the name it had before, {name}"));
            let path = entry.addressed.place.upload_path(entry.addressed.file_type, name);
            let url = self.ready.route.link.target.url(&path);
            report.packed(name, packed.file_type, &url, packed.source.bytes());
        }
        self.send_earlier(file, journal, &entry).await.inspect_err(|_| report.entered(&entry))?;
        let Some(delivery) = self.courier().send_entry(journal, &entry).await? else {
            report.entered(&entry);
            return Err(being_sent(&entry));
        };
        self.told(file, (journal, &entry), delivery, report).await
    }

    /// Sends what waits under the same name from before, so that the file that came last arrives last.
    async fn send_earlier(
        &self,
        file: &Path,
        journal: &Journal,
        entry: &Entry,
    ) -> Result<(), Failure> {
        for earlier in journal.waiting_before(entry).await? {
            let Some(delivery) = self.courier().send_entry(journal, &earlier).await? else {
                continue;
            };
            let (id, name) = (earlier.id, &earlier.addressed.name);
            let shown = file.display();
            let Err(failure) = delivery.result else {
                self.output.note(&format!("{shown}: first {id}, which waited: received {name}"));
                continue;
            };
            let is_waiting = journal
                .entry(id)
                .await?
                .is_some_and(|after| matches!(after.state, State::Waiting(_)));
            if is_waiting {
                return Err(not_before(&earlier, entry, &failure));
            }
            self.output.failure(&format!("{shown}: first {id}, {name}: not sent"), &failure);
        }
        Ok(())
    }

    fn courier(&self) -> Courier<'_> {
        Courier {
            route: &self.ready.route,
            machine: self.machine,
            output: self.output,
            pace: self.ready.pace.as_ref(),
            is_alone: self.ready.plan.is_alone,
        }
    }

    /// How it ended, as the outbox has it.
    async fn told(
        &self,
        file: &Path,
        (journal, entry): (&Journal, &Entry),
        delivery: Delivery,
        report: &mut Report,
    ) -> Result<Success, Failure> {
        report.tried(delivery.tries, delivery.status);
        let after = journal.entry(entry.id).await?;
        let after = after.as_ref().unwrap_or(entry);
        report.entered(after);
        let name = entry.addressed.name.clone();
        match delivery.result {
            Ok((sent, receipt)) => {
                if receipt.is_repeated() && self.ready.repeat == Repeat::Asked {
                    let advice = "--again makes no second upload of the newest bytes of a name; to have \
                                  one, give another name with --name";
                    self.say(file, report, advice.to_owned());
                }
                Ok(Success::Received { name, sent, receipt })
            }
            Err(mut failure) => {
                if matches!(after.state, State::Waiting(_)) {
                    failure.next = format!(
                        "{} It waits in the outbox as {}: bursar outbox retry, or this command again.",
                        failure.next, entry.id
                    );
                }
                Err(failure)
            }
        }
    }

    fn addressed(&self, packed: &Packed) -> Addressed {
        let Ready { route, plan, config, profile, .. } = self.ready;
        Addressed {
            server: route.link.target.to_string(),
            place: route.place.clone(),
            file_type: packed.file_type,
            own_name: packed.own_name.clone(),
            name: packed.name.clone(),
            content_type: plan.content_type.to_str().expect("the plan takes no other").to_owned(),
            config: config.clone(),
            profile: profile.clone(),
            job: None,
            idempotency_key: (self.machine.unique)(),
        }
    }

    fn say(&self, file: &Path, report: &mut Report, text: String) {
        self.output.note(&format!("{}: {text}", file.display()));
        report.note(text);
    }

    fn describe(&self, packed: &Packed, url: String) -> Result<Success, Failure> {
        let Ready { route, plan, .. } = self.ready;
        let sha256 = packed.source.digest().map_err(|fault| explain_source(&fault))?;
        let parcel = Parcel {
            source: &packed.source,
            path: &packed.path,
            content_type: &plan.content_type,
            idempotency_key: None,
        };
        let headers = parcel.headers_with_expectation(route)?;
        Ok(Success::Described {
            url,
            headers: headers
                .iter()
                .map(|(name, value)| (name.to_string(), report::masked(value, &route.token)))
                .collect(),
            sent: Sent { bytes: packed.source.bytes(), sha256 },
        })
    }
}

/// Removes a kept copy that no entry came to own: the same bytes are kept or received already.
fn discard(packed: &Packed, owner: Option<&Entry>) {
    let is_owned = owner.is_some_and(|entry| entry.path == packed.source.path());
    if matches!(packed.kept, Kept::Spooled(_)) && !is_owned {
        // Left behind, it is swept when the outbox is opened again.
        std::fs::remove_file(packed.source.path()).unwrap_or_else(|_swept_later| ());
    }
}

fn received_before(entry: &Entry) -> Result<Success, Failure> {
    let State::Received(receipt) = &entry.state else { return Err(being_sent(entry)) };
    Ok(Success::ReceivedBefore {
        name: entry.addressed.name.clone(),
        at: entry.changed_at,
        receipt: ReceivedReceipt { json: receipt.json.clone(), is_digest_confirmed: false },
    })
}

/// Why an entry waits although nothing is the matter with it.
fn not_before(earlier: &Entry, entry: &Entry, failure: &Failure) -> Failure {
    Failure::new(
        failure.exit,
        format!("{} ({}, an earlier file of this name, goes first)", failure.what, earlier.id),
        format!(
            "{} Both wait in the outbox, this one as {}: bursar outbox retry, or this command again.",
            failure.next, entry.id
        ),
    )
}

fn being_sent(entry: &Entry) -> Failure {
    Failure::new(
        ExitCode::BeingSent,
        format!("another bursar is sending it now, as {} ({})", entry.addressed.name, entry.id),
        "Nothing is lost: see how it ends with bursar outbox list.",
    )
}
