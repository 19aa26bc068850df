//! `bursar send`: each file named, typed, sent, and its receipt compared.
//!
//! Invariant: a file counts as sent only on a 201 that does not contradict what left this machine.

use std::path::Path;

use domain::FileType;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};

use crate::answer::{Answer, Sent};
use crate::attempt::persist;
use crate::check::{Manner, examine};
use crate::cli::SendArgs;
use crate::exit_code::ExitCode;
use crate::explain::{explain_difference, explain_early_receipt, explain_source};
use crate::failure::Failure;
use crate::link::Breakage;
use crate::machine::Machine;
use crate::output::{Output, Voice};
use crate::plan::{Route, SendPlan, resolve};
use crate::progress::Progress;
use crate::source::{Feed, Gate, Source};
use crate::target::SafeName;
use crate::uploads::{Asker, Follower, follow_subject};

mod report;

pub use report::size;
use report::{Report, Success};

/// Below this a refused body costs less than the wait for `100 Continue`; curl draws the same line.
const EXPECT_ABOVE_BYTES: u64 = 1024 * 1024;
/// Names the program, as an operator sees it in a log.
pub const PRODUCT: &str = concat!("bursar/", env!("CARGO_PKG_VERSION"));

/// One file on its way.
struct Parcel {
    source: Source,
    file_type: FileType,
    name: SafeName,
    path: String,
}

/// Sends the files one after the other.
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
    let (route, plan) = match prepare(args, machine, &output).await {
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
    let (mut codes, mut sent) = (Vec::with_capacity(args.files.len()), 0);
    for file in &args.files {
        let sender = Sender { route: &route, plan: &plan, machine, output: &output };
        let (code, is_sent) = sender.send_and_tell(file).await;
        codes.push(code);
        sent += usize::from(is_sent);
    }
    if codes.len() > 1 {
        output.note(&format!("{sent} of {} files sent", codes.len()));
    }
    ExitCode::of_all(&codes)
}

async fn prepare(
    args: &SendArgs,
    machine: &Machine,
    output: &Output,
) -> Result<(Route, SendPlan), Failure> {
    let resolved = resolve(args.settings.clone(), &args.profile, machine)?;
    let plan = SendPlan::of(args, &resolved.settings)?;
    let route = resolved.route(&args.profile, machine, output).await?;
    Ok((route, plan))
}

struct Sender<'a> {
    route: &'a Route,
    plan: &'a SendPlan,
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
                (failure.map_or(ExitCode::Ok, |failure| failure.exit), true)
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
        if self.plan.is_alone { what.to_owned() } else { format!("{}: {what}", file.display()) }
    }

    /// Waits for the reading, when that was asked for; why it did not come to one, otherwise.
    async fn follow(&self, success: &Success, report: &mut Report) -> Option<Failure> {
        let longest = self.plan.wait?;
        let Success::Received { receipt, .. } = success else { return None };
        let Some(id) = receipt.upload_id() else {
            return Some(Failure::new(
                ExitCode::NotSeenRead,
                "the receipt names no upload that could be followed",
                "The file was received. Only a Bursar server says what came of it; leave --wait out \
                 with the vendor's service.",
            ));
        };
        let asker = Asker { route: self.route, machine: self.machine, output: self.output };
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
        let parcel = self.pack(file, report)?;
        self.check(file, &parcel, report)?;
        let url = self.route.link.target.url(&parcel.path);
        report.packed(&parcel.name, parcel.file_type, &url, parcel.source.bytes());
        if self.plan.is_dry_run {
            return self.describe(&parcel, url);
        }
        self.dispatch(&parcel, report).await
    }

    fn pack(&self, file: &Path, report: &mut Report) -> Result<Parcel, Failure> {
        let own = file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let (file_type, is_guess) = self.plan.type_for(&own)?;
        let named = self.plan.name_for(&own, (self.machine.now)())?;
        let source = Source::open(file).map_err(|fault| explain_unopened(file, &fault))?;
        let mut say = |text: String| {
            self.output.note(&format!("{}: {text}", file.display()));
            report.note(text);
        };
        if !named.notes.is_empty() {
            say(format!("will be called {} ({})", named.name, named.notes.join("; ")));
        }
        if is_guess {
            say(format!("taken as {file_type}, by its name (say --type if it is not)"));
        }
        if let Some(doubt) = source.doubt(named.name.name().format()) {
            self.output.warn(&format!("{}: {doubt}", file.display()));
            report.note(doubt);
        }
        Ok(Parcel {
            path: self.route.place.upload_path(file_type, &named.name),
            source,
            file_type,
            name: named.name,
        })
    }

    /// Reads the file as a server would, when that was asked for.
    fn check(&self, file: &Path, parcel: &Parcel, report: &mut Report) -> Result<(), Failure> {
        let Some((mapping, date_order)) = &self.plan.check else { return Ok(()) };
        let manner = Manner {
            file_type: parcel.file_type,
            format: parcel.name.name().format(),
            mapping: mapping.clone(),
            date_order: *date_order,
        };
        let examination = examine(&parcel.source, &manner, 0, self.output)?;
        if let Some(mut failure) = examination.failure() {
            failure.next.push_str(" bursar check shows all that is wrong.");
            return Err(failure);
        }
        if let Some(warning) = examination.warning() {
            let warning = format!("{warning} (bursar check shows which)");
            self.output.warn(&format!("{}: {warning}", file.display()));
            report.note(warning);
        }
        Ok(())
    }

    fn describe(&self, parcel: &Parcel, url: String) -> Result<Success, Failure> {
        let sha256 = parcel.source.digest().map_err(|fault| explain_source(&fault))?;
        let headers = with_expectation(self.headers(parcel)?, parcel);
        Ok(Success::Described {
            url,
            headers: headers
                .iter()
                .map(|(name, value)| (name.to_string(), report::masked(value, &self.route.token)))
                .collect(),
            sent: Sent { bytes: parcel.source.bytes(), sha256 },
        })
    }

    fn headers(&self, parcel: &Parcel) -> Result<HeaderMap, Failure> {
        Ok(HeaderMap::from_iter([
            (AUTHORIZATION, self.route.token.header()?),
            (CONTENT_TYPE, self.plan.content_type.clone()),
            (CONTENT_LENGTH, HeaderValue::from(parcel.source.bytes())),
            (USER_AGENT, HeaderValue::from_static(PRODUCT)),
        ]))
    }

    async fn dispatch(&self, parcel: &Parcel, report: &mut Report) -> Result<Success, Failure> {
        let progress = if self.output.shows_progress() {
            Progress::shown(parcel.source.bytes())
        } else {
            Progress::hidden()
        };
        let mut sent = None;
        let mut expects = true;
        // Building the headers fails for all tries or for none.
        let plain = self.headers(parcel)?;
        let expecting = with_expectation(plain.clone(), parcel);
        let outcome = persist(self.route.patience, self.machine, self.output, async || {
            progress.restart();
            let headers = if expects { &expecting } else { &plain };
            let (mut answer, mut digest) = self.attempt(parcel, headers, &progress).await?;
            // RFC 9110 section 10.1.1: the same request again, without the expectation.
            if answer.status == StatusCode::EXPECTATION_FAILED && expects {
                expects = false;
                progress.restart();
                (answer, digest) = self.attempt(parcel, &plain, &progress).await?;
            }
            sent = digest;
            Ok(answer)
        })
        .await;
        progress.finish();
        let tries = outcome.tries;
        report.tried(tries, outcome.result.as_ref().ok().map(|answer| answer.status));
        let target = &self.route.link.target;
        let answer = outcome.expect(StatusCode::CREATED, target)?;
        let sent = sent.ok_or_else(explain_early_receipt)?;
        let receipt = answer.receipt(sent).map_err(|difference| explain_difference(&difference))?;
        Ok(Success::Received { name: parcel.name.clone(), sent, receipt })
    }

    async fn attempt(
        &self,
        parcel: &Parcel,
        headers: &HeaderMap,
        progress: &Progress,
    ) -> Result<(Answer, Option<Sent>), Breakage> {
        let gate = headers.contains_key(EXPECT).then(Gate::default);
        let (feed, handed) = Feed::begin(&parcel.source, gate.clone(), progress.clone())
            .map_err(Breakage::Source)?;
        let mut request = Request::new(feed);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = parcel.path.parse().map_err(|_not_path| Breakage::NotHttp)?;
        *request.headers_mut() = headers.clone();
        if let Some(gate) = gate {
            hyper::ext::on_informational(&mut request, move |interim| {
                if interim.status() == StatusCode::CONTINUE {
                    gate.open();
                }
            });
        }
        let answer = self.route.link.exchange(request, &handed).await?;
        let sent = handed
            .digest_of_whole(&parcel.source)
            .map(|sha256| Sent { bytes: parcel.source.bytes(), sha256 });
        Ok((answer, sent))
    }
}

fn explain_unopened(file: &Path, fault: &crate::source::SourceFault) -> Failure {
    let mut failure = explain_source(fault);
    let is_pattern = file.to_string_lossy().contains(['*', '?']);
    if failure.exit == ExitCode::SourceUnreadable && is_pattern {
        // Where the shell leaves a pattern as it is, nothing matched it.
        failure.exit = ExitCode::NothingToSend;
        "no file matches this pattern".clone_into(&mut failure.what);
    }
    failure
}

fn with_expectation(mut headers: HeaderMap, parcel: &Parcel) -> HeaderMap {
    if parcel.source.bytes() > EXPECT_ABOVE_BYTES {
        headers.insert(EXPECT, HeaderValue::from_static("100-continue"));
    }
    headers
}
