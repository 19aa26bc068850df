//! The audit log: who did what when, filtered, taken out as a file, and whether it is whole.
//!
//! Not for: adding to it; that is in the transaction of what an entry speaks of.
//!
//! Invariant: an auditor or an admin sees what was done with the customer's data and the sign-ins of its
//! members; the chain is the whole server's, so of others' entries only their number shows.

mod entries;
mod export;

use askama::Template;
use axum::extract::State;
use domain::page::PageSize;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;
use store::AuditFilter;
use tokio::sync::Semaphore;

use super::access::Auditor;
use super::error::PageError;
use super::field::{Text, valid};
use super::filters;
use super::flash::Flash;
use super::format;
use super::layout::{Layout, Section};
use super::query::Query;
use super::respond::{PageResult, html, see_other};
use crate::App;
use crate::limits::AUDIT_VERIFICATIONS_AT_ONCE;

use entries::Names;

pub(crate) use export::{export_csv, export_json_lines};

pub(crate) const PATH: &str = "/settings/{customer}/audit";

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    page: Layout,
    here: String,
    /// The filter, as it stands in an address.
    query: String,
    next: Option<String>,
    is_first: bool,
    is_filtered: bool,
    who: String,
    noun: String,
    from: String,
    to: String,
    nouns: [(&'static str, &'static str); 30],
    /// The one thing that is asked about.
    about: String,
    rows: Vec<Line>,
    verified: Option<String>,
}

struct Line {
    sequence: String,
    at: String,
    machine_at: String,
    who: String,
    /// The label of the token that did it; empty for a person.
    who_label: String,
    /// The words for what was done; empty where there are none for it.
    words: String,
    what: String,
    about: String,
    /// The name that people know it by; empty where nobody knows.
    about_label: String,
    /// Its own page.
    href: Option<String>,
    /// Only entries about it.
    only: String,
    details: Vec<(String, String)>,
    hash: String,
}

/// Kinds of entries to filter by, and their names.
const NOUNS: [(&str, &str); 30] = [
    ("agent", "Agents"),
    ("audit", "The audit log"),
    ("backup", "Backups"),
    ("check", "Checks"),
    ("credit", "Credits of suppliers"),
    ("customer", "The organisation"),
    ("employee", "Employees shown whole"),
    ("finding", "Findings and exports"),
    ("hold", "Invoices on hold"),
    ("key", "Signing keys"),
    ("ledger", "Ledgers"),
    ("member", "Users and roles"),
    ("outcomes", "Reports"),
    ("own_check", "Own checks"),
    ("payment", "Payments"),
    ("reading_rules", "How files are read"),
    ("retention", "Retention"),
    ("run", "Runs of the checks"),
    ("screening", "Screenings"),
    ("statement", "Statements of suppliers"),
    ("supplier", "Suppliers shown whole"),
    ("token", "Access tokens"),
    ("transaction", "Transactions shown whole"),
    ("unit", "Units"),
    ("unposted_invoice", "Unposted invoices shown whole"),
    ("upload", "Uploads"),
    ("user", "Sign-ins and accounts"),
    ("verdict", "Remembered verdicts"),
    ("view", "Saved views"),
    ("webhook", "Webhooks"),
];

/// The detail that says what people call the thing that an entry is about.
const NAMED_BY: [(&str, &str); 4] =
    [("member.", "email"), ("token.", "label"), ("unit.", "title"), ("upload.", "file")];

/// Words for what was done; what is not here is shown as it is written.
const WORDS: [(&str, &str); 112] = [
    ("agent.call", "asked as an agent"),
    ("audit.export", "exported the audit log"),
    ("audit.verify", "verified the audit log"),
    ("backup.make", "made a backup"),
    ("backup.settle", "settled the access tokens of a backup"),
    ("check.preview", "asked what other settings of checks would find"),
    ("check.set", "set checks"),
    ("credit.refuse", "said that a credit is not the answer"),
    ("credit.take", "took a credit for the answer"),
    ("customer.add", "added the organisation"),
    ("customer.add_letter", "added a letter template"),
    ("customer.add_reason_code", "added a reason code"),
    ("customer.change_letter", "changed a letter template"),
    ("customer.erase", "erased the organisation"),
    ("customer.export", "exported the organisation"),
    ("customer.import", "took the organisation in from another server"),
    ("customer.remove_letter", "removed a letter template"),
    ("customer.retire_reason_code", "retired a reason code"),
    ("customer.set_credits", "set whether credits are taken by themselves"),
    ("customer.set_four_eyes", "set above which amount two people decide"),
    ("customer.set_letter", "changed the letter to suppliers"),
    ("customer.set_reasons", "set which verdicts take a reason"),
    ("customer.set_scan_hosts", "set whose scans are shown"),
    ("employee.show", "was shown an employee whole"),
    ("finding.assign", "assigned a finding"),
    ("finding.attach", "put a file beside a finding"),
    ("finding.attachment_downloaded", "took a copy of a file beside a finding"),
    ("finding.claim", "took out a claim with its invoices"),
    ("finding.comment", "commented on a finding"),
    ("finding.detach", "took a file beside a finding away"),
    ("finding.export", "exported findings"),
    ("finding.history", "took out the history of a finding"),
    ("finding.propose", "proposed a verdict"),
    ("finding.recovered", "set a recovered amount"),
    ("finding.recovery", "noted a step of money on its way back"),
    ("finding.rest", "noted the rest of money of which a part came"),
    ("finding.scan", "was shown the scan of a paper"),
    ("finding.show", "was shown a finding whole"),
    ("finding.undo", "undid a verdict"),
    ("finding.verdict", "decided a finding"),
    ("hold.acknowledge", "said that changes of the hold list have arrived"),
    ("hold.add", "put an invoice on hold"),
    ("hold.lift", "let an invoice be paid again"),
    ("key.add", "made a signing key"),
    ("key.retire", "retired a signing key"),
    ("ledger.export", "exported a ledger"),
    ("member.invite", "invited somebody"),
    ("member.join", "became a member"),
    ("member.set_role", "changed or took away a role"),
    ("member.withdraw_invitation", "withdrew an invitation"),
    ("outcomes.export", "exported a report"),
    ("own_check.add", "wrote a check"),
    ("own_check.change", "changed an own check"),
    ("own_check.remove", "removed an own check"),
    ("own_check.switch_off", "switched an own check off"),
    ("own_check.switch_on", "switched an own check on"),
    ("own_check.undo", "undid a change of an own check"),
    ("payment.export", "exported a run of payments"),
    ("payment.file", "took out a file without the held payments"),
    ("payment.hold", "held payments of a run"),
    ("payment.release", "released payments of a run"),
    ("reading_rules.set", "set how files are read"),
    ("retention.set", "set how long files are kept"),
    ("retention.set_unit", "set how long files of a unit are kept"),
    ("run.ask", "asked for a run"),
    ("run.ask_across", "asked for a comparison of the units"),
    ("screening.ask", "checked an invoice before payment"),
    ("screening.set", "set when a screening says look or stop"),
    ("statement.columns", "set the columns of a supplier's statements"),
    ("statement.export", "exported a statement"),
    ("statement.reconcile", "compared a statement with the ledger"),
    ("supplier.show", "was shown a supplier whole"),
    ("token.issue", "created an access token"),
    ("token.revoke", "revoked an access token"),
    ("transaction.show", "was shown a transaction whole"),
    ("unit.add", "added a unit"),
    ("unit.erase", "erased a unit"),
    ("unit.rename", "renamed a unit"),
    ("unit.set_four_eyes", "set above which amount two people decide in a unit"),
    ("unposted_invoice.show", "was shown an unposted invoice whole"),
    ("upload.downloaded", "downloaded a file as it was sent"),
    ("upload.erase", "erased an upload"),
    ("upload.received", "sent a file"),
    ("upload.removed", "removed an expired file"),
    ("user.add", "added an account by single sign-on"),
    ("user.clear_totp", "turned two-step sign-in off"),
    ("user.disable", "let somebody sign in no more"),
    ("user.enable", "let somebody sign in again"),
    ("user.end_other_sessions", "ended all other sessions"),
    ("user.end_session", "ended a session"),
    ("user.erase", "erased an account"),
    ("user.link_identity", "linked an account to the identity provider"),
    ("user.make_password_link", "made a link for a new password"),
    ("user.set_formats", "set how days and numbers are written"),
    ("user.set_operator", "let somebody run the server, or no more"),
    ("user.set_password", "changed the password"),
    ("user.set_recovery_codes", "made other recovery codes"),
    ("user.set_totp", "turned two-step sign-in on"),
    ("user.sign_in", "signed in"),
    ("user.sign_in_refused", "failed to sign in"),
    ("user.unlink_identities", "unlinked an account from the identity provider"),
    ("user.use_recovery_code", "signed in with a recovery code"),
    ("verdict.end", "ended a remembered verdict"),
    ("view.remove", "deleted a saved view"),
    ("view.save", "saved a view"),
    ("webhook.add", "made a webhook"),
    ("webhook.deliver_again", "posted to a webhook once more"),
    ("webhook.new_secret", "made another key for a webhook"),
    ("webhook.remove", "removed a webhook"),
    ("webhook.switch_off", "switched a webhook off"),
    ("webhook.switch_on", "switched a webhook on"),
    ("webhook.try", "tried a webhook"),
];

/// The entries that an address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AuditQuery {
    who: Text,
    what: Text,
    about: Text,
    from: Text,
    to: Text,
}

/// The last entry of the page before.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AuditPlace {
    #[serde(deserialize_with = "valid")]
    after: Option<u64>,
}

pub(crate) async fn list_audit(
    State(app): State<App>,
    auditor: Auditor,
    Query(query): Query<AuditQuery>,
    Query(AuditPlace { after }): Query<AuditPlace>,
    flash: Option<Flash>,
) -> PageResult {
    let filter = query.filter();
    let page = auditor.store.audit_entries(&filter, PageSize::default(), after).await?;
    let verified = app.store.system().audit_last_verified().await?;
    let names = Names::load(&app, &auditor, &page.items).await?;
    let (here, text) = (auditor.fill(PATH), query.text());
    let layout = Layout::for_member(&app, &auditor, Section::Settings(PATH), "Audit log").await?;
    html(&AuditPage {
        page: layout.with_flash(flash),
        next: page.next.map(|next| format!("{here}?{text}&after={next}")),
        is_first: after.is_none(),
        is_filtered: filter != AuditFilter::default(),
        who: filter.who,
        noun: filter.noun,
        about: filter.about,
        from: query.from.into(),
        to: query.to.into(),
        nouns: NOUNS,
        rows: page.items.iter().map(|item| entries::line(item, &auditor, &names)).collect(),
        verified: verified.map(|last| {
            format!(
                "{} up to entry {}, on {}",
                "Intact",
                format::count(last.entries),
                format::moment_in_zone(last.at)
            )
        }),
        here,
        query: text,
    })
}

/// Goes over the whole chain, unless somebody does just now.
pub(crate) async fn verify_audit(State(app): State<App>, auditor: Auditor) -> PageResult {
    static WALKS: Semaphore = Semaphore::const_new(AUDIT_VERIFICATIONS_AT_ONCE);
    let Ok(_walk) = WALKS.try_acquire() else { return Err(PageError::Busy) };
    let system = app.store.system();
    match system.verify_audit().await? {
        Ok(verified) => {
            system.note_audit_verified(&verified, auditor.address(), app.clock.now()).await?;
            see_other(&Flash::AuditIntact.on(&auditor.fill(PATH)))
        }
        Err(fault) => {
            tracing::error!(%fault, "the audit log is not whole");
            Err(PageError::Impossible(format!(
                "The audit log was altered: {fault}. Tell whoever runs the server at once, and change \
                 nothing before they have looked."
            )))
        }
    }
}

impl AuditQuery {
    fn filter(&self) -> AuditFilter {
        let day = |text: &str| text.parse::<Date>().ok();
        let begin = format::reader::begin_of;
        AuditFilter {
            who: self.who.to_string(),
            noun: self.what.to_string(),
            about: self.about.to_string(),
            from: day(&self.from).and_then(begin),
            before: day(&self.to).and_then(|day| begin(day.saturating_add(1.days()))),
        }
    }

    /// The filter again, for the next page and for files.
    fn text(&self) -> String {
        let pairs = [
            ("who", &self.who),
            ("what", &self.what),
            ("about", &self.about),
            ("from", &self.from),
            ("to", &self.to),
        ];
        let set = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let set = set.map(|(name, value)| (name, &**value));
        form_urlencoded::Serializer::new(String::new()).extend_pairs(set).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_in_order_and_of_a_noun() {
        assert!(WORDS.is_sorted());
        assert!(NOUNS.is_sorted());
        for (what, _) in WORDS {
            let (noun, _) = what.split_once('.').unwrap();
            assert!(NOUNS.iter().any(|(known, _)| *known == noun), "{what} is filtered by nothing");
        }
    }
}
